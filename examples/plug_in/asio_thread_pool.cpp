// Boost.Asio's thread_pool, judged as it is.
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "conformance/cli/lawful.hpp"

int main(int argc, char** argv) {
  boost::asio::thread_pool pool(4);
  return lawful::conformance::run_lawful(argc, argv, "asio_thread_pool",
                                         [&](auto job) { boost::asio::post(pool, std::move(job)); });
}

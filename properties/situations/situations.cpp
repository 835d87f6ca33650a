#include "properties/situations/situations.hpp"

namespace lawful::properties {

const std::vector<Situation>& situations() {
  static const std::vector<Situation> all = [] {
    std::vector<Situation> list;
    for (const auto& chapter :
         {basic_situations(), cancellation_situations(), gathering_situations(), group_situations(), timeout_situations(),
          waiting_situations(), sync_situations(), queue_situations(), ending_situations()})
      list.insert(list.end(), chapter.begin(), chapter.end());
    return list;
  }();
  return all;
}

}  // namespace lawful::properties

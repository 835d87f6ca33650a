#include "scheduler/errors.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace lawful {

namespace {

class Cancellation final : public ErrorBody {
 public:
  Cancellation() : ErrorBody(true) {}
  [[noreturn]] void raise() const override { throw CancelledError(); }
  [[nodiscard]] const std::type_info& type() const noexcept override { return typeid(CancelledError); }
  [[nodiscard]] const void* object() const noexcept override { return &error_; }

 private:
  CancelledError error_;
};

class OutOfMemory final : public ErrorBody {
 public:
  OutOfMemory() : ErrorBody(true) {}
  [[noreturn]] void raise() const override { throw std::bad_alloc(); }
  [[nodiscard]] const std::type_info& type() const noexcept override { return typeid(std::bad_alloc); }
  [[nodiscard]] const void* object() const noexcept override { return &error_; }

 private:
  std::bad_alloc error_;
};

/// The one Body of its kind. It outlives every error, whatever the order of destruction, and takes no memory.
template <class Body>
const Body& immortal() noexcept {
  alignas(Body) static std::byte room[sizeof(Body)];
  static const Body& body = *::new (&room) Body;
  return body;
}

class Thrown final : public ErrorBody {
 public:
  explicit Thrown(std::exception_ptr pointer) : pointer_(std::move(pointer)) {}
  [[noreturn]] void raise() const override { std::rethrow_exception(pointer_); }

 private:
  std::exception_ptr pointer_;
};

}  // namespace

Error Error::cancelled() noexcept {
  Error error;
  error.body_ = &immortal<Cancellation>();
  return error;
}

Error Error::out_of_memory() noexcept {
  Error error;
  error.body_ = &immortal<OutOfMemory>();
  return error;
}

Error Error::from(Ref<const ErrorBody> body) noexcept {
  Error error;
  error.body_ = body.detach();
  return error;
}

Error Error::current() noexcept { return from(std::current_exception()); }

Error Error::from(const std::exception_ptr& exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const CancelledError&) {
    return cancelled();
  } catch (const std::bad_alloc& error) {
    if (typeid(error) == typeid(std::bad_alloc)) return out_of_memory();
  } catch (...) {
    // It is kept below.
  }
  try {
    return from(Ref<const ErrorBody>(make_counted<Thrown>(exception)));
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

bool Error::is_cancelled() const noexcept { return body_ == &immortal<Cancellation>(); }

void Error::raise() const {
  if (body_ != nullptr) body_->raise();
  std::abort();
}

std::string Error::describe() const {
  /// A group that is being told, and how much of it was.
  struct Part {
    const ExceptionGroup* group;
    std::size_t told;
  };
  std::string text;
  std::vector<Part> path;
  const Error* error = this;
  for (;;) {
    if (const ExceptionGroup* group = error->as<ExceptionGroup>()) {
      text += group->what();
      text += " (";
      path.push_back(Part{group, 0});
    } else {
      text += error->describe_single();
    }
    while (!path.empty() && path.back().told == path.back().group->exceptions().size()) {
      text += ")";
      path.pop_back();
    }
    if (path.empty()) return text;
    Part& part = path.back();
    if (part.told != 0) text += "; ";
    error = &part.group->exceptions()[part.told++];
  }
}

std::string Error::describe_single() const {
  if (body_ == nullptr) return "no error";
  if (is_cancelled()) return "cancelled";
  try {
    raise();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an error that is no std::exception";
  }
}

ExceptionGroup::ExceptionGroup(std::string message, std::vector<Error> exceptions)
    : message_(std::move(message)), exceptions_(std::move(exceptions)) {}

}  // namespace lawful

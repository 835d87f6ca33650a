#include "scheduler/errors.hpp"

#include <cstdlib>

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

const Cancellation& cancellation() noexcept {
  static const Cancellation* const body = new Cancellation;  // outlives every error, whatever the order of destruction
  return *body;
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
  error.body_ = &cancellation();
  return error;
}

Error Error::from(Ref<const ErrorBody> body) noexcept {
  Error error;
  error.body_ = body.detach();
  return error;
}

Error Error::current() { return from(std::current_exception()); }

Error Error::from(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const CancelledError&) {
    return cancelled();
  } catch (...) {
    return from(Ref<const ErrorBody>(make_counted<Thrown>(exception)));
  }
}

bool Error::is_cancelled() const noexcept { return body_ == &cancellation(); }

void Error::raise() const {
  if (body_ != nullptr) body_->raise();
  std::abort();
}

std::string Error::describe() const {
  if (body_ == nullptr) return "no error";
  if (is_cancelled()) return "cancelled";
  try {
    raise();
  } catch (const ExceptionGroup& group) {
    std::string text = group.what();
    text += " (";
    for (std::size_t i = 0; i < group.exceptions().size(); ++i) {
      if (i != 0) text += "; ";
      text += group.exceptions()[i].describe();
    }
    return text + ")";
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an error that is no std::exception";
  }
}

ExceptionGroup::ExceptionGroup(std::string message, std::vector<Error> exceptions)
    : message_(std::move(message)), exceptions_(std::move(exceptions)) {}

}  // namespace lawful

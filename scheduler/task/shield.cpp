#include "scheduler/task/shield.hpp"

namespace lawful {

void ShieldCore::begin() {
  inner_->add_callback(Callback{on_inner, Ref<Counted>(*this), false});
  add_callback(Callback{on_outer, Ref<Counted>(*this), false});
}

void ShieldCore::on_inner(Counted& target, Counted*) {
  auto& shield = static_cast<ShieldCore&>(target);
  FutureCore& inner = *shield.inner_;
  if (shield.done()) {
    static_cast<void>(inner.error());  // cancelled meanwhile: nobody is left to tell
    return;
  }
  Error error = inner.error();
  if (!error) {
    try {
      shield.copy_value(inner);
    } catch (...) {
      error = Error::current();
    }
  }
  const Guard guard(shield.scheduler());
  if (error.is_cancelled()) {
    static_cast<void>(shield.cancel_guarded());
  } else if (error) {
    shield.settle_guarded(State::failed, std::move(error));
  } else {
    shield.settle_guarded(State::finished);
  }
}

void ShieldCore::on_outer(Counted& target, Counted*) {
  auto& shield = static_cast<ShieldCore&>(target);
  if (!shield.inner_->done()) shield.inner_->remove_callback(on_inner, shield);
}

}  // namespace lawful

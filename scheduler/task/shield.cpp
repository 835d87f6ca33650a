#include "scheduler/task/shield.hpp"

namespace lawful {

void ShieldCore::begin() {
  inner_->add_callback(Callback{on_inner, Ref<Counted>(*this), false});
  add_callback(Callback{on_outer, Ref<Counted>(*this), false});
}

std::string ShieldCore::description() const {
  // Shields around shields are a chain of any length: told one by one for as long as somebody would read it.
  constexpr std::size_t most = 10;
  std::string text;
  std::size_t shields = 1;
  const FutureCore* inner = inner_.get();
  for (const ShieldCore* shield = this; shield != nullptr; shield = dynamic_cast<const ShieldCore*>(inner)) {
    if (shields <= most) text += "a shield around ";
    inner = shield->inner_.get();
    ++shields;
  }
  if (--shields > most) text += std::to_string(shields - most) + " more shields around ";
  return text + inner->description();
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
    shield.cancel_guarded();
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

#include "scheduler/disposal.hpp"

#include <new>

#include "scheduler/task/coroutine.hpp"

namespace lawful {

void Disposal::dispose(const Counted& object) noexcept {
  if (depth >= deepest) return postpone(object);
  ++depth;
  delete &object;
  drain();
}

void Disposal::dispose(PromiseBase& promise) noexcept {
  if (depth == deepest) {
    promise.parent_ = frames;
    frames = &promise;
    return;
  }
  ++depth;
  promise.self_.destroy();
  drain();
}

void Disposal::postpone(const Counted& object) noexcept {
  const_cast<Counted&>(object).withdraw(depth == held);
  ::new (&object.life_.next) const Counted*(objects);
  objects = &object;
}

/// At the greatest depth: what was put off meanwhile, and what that puts off in turn.
void Disposal::drain() noexcept {
  if (depth == deepest) {
    while (objects != nullptr || frames != nullptr) {
      if (objects != nullptr) {
        const Counted* const object = objects;
        objects = object->life_.next;
        ::new (&object->life_.counting) Counted::Counting{0, true};
        delete object;
      } else {
        PromiseBase* const promise = frames;
        frames = promise->parent_;
        promise->self_.destroy();
      }
    }
  }
  --depth;
}

void Disposal::Hold::add() noexcept {
  while (objects != nullptr) {
    const Counted* const object = objects;
    objects = object->life_.next;
    object->life_.next = std::exchange(list_, object);
  }
}

void Disposal::delete_all(const Counted*& list) noexcept {
  while (list != nullptr) {
    const Counted* const object = list;
    list = object->life_.next;
    ::new (&object->life_.counting) Counted::Counting{1, true};
    object->release();
  }
}

void Counted::dispose() const noexcept { Disposal::dispose(*this); }

void PromiseBase::dispose(std::coroutine_handle<> self) noexcept {
  self_ = self;
  Disposal::dispose(*this);
}

}  // namespace lawful

#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

namespace lawful {

/// Whether this compiler destroys some of the temporaries in a co_await expression twice. g++ before 13 does (GCC bug 99576) with
/// what it builds there without calling a constructor: an aggregate with braces, as in `co_await with(Resource{"a"}, body)`, and
/// the closure of a lambda with captures. It handles well what has a constructor, what a function answers, `Resource()` in
/// parentheses, whatever was named before, moved or not, and everything outside of co_await expressions; what is trivially
/// destructible (a lambda that captures references, or numbers) takes no harm. Of class objects chosen by `?:` in a co_await
/// expression it makes the same mess, which nobody can see from here: write if and else instead.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
inline constexpr bool breaks_temporaries = true;
#else
inline constexpr bool breaks_temporaries = false;
#endif

/// Whether T is the closure of a lambda; told by g++ alone, whose spelling of types it reads.
template <class T>
consteval bool is_closure() {
#if defined(__GNUC__) && !defined(__clang__)
  // "… [with T = f()::<lambda(int)>]": the innermost name that T ends with begins with <lambda.
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  std::size_t at = text.rfind(">]");
  if (at == std::string_view::npos || at + 2 != text.size()) return false;
  int open = 0;
  for (;; --at) {
    if (text[at] == '>') ++open;
    if (text[at] == '<' && --open == 0) break;
    if (at == 0) return false;
  }
  return text.substr(at).starts_with("<lambda");
#else
  return false;
#endif
}

/// Whether an argument may be such a temporary; T is what is deduced for a `T&&` parameter. A temporary and a name that is moved
/// look the same from inside a function, so both are told; an lvalue never is.
template <class T>
inline constexpr bool may_break = breaks_temporaries && !std::is_lvalue_reference_v<T> && !std::is_trivially_destructible_v<T> &&
                                  (std::is_aggregate_v<std::remove_cv_t<T>> || is_closure<std::remove_cv_t<T>>());

/// What a function answers that was given something that may break: the Coroutine or Task it would answer otherwise. It can be made
/// a task, returned or stored like that, but not be awaited in the expression that made it.
template <class Answered>
class Doubtful : public Answered {
 public:
  using doubtful = void;
  Doubtful(Answered answered) noexcept : Answered(std::move(answered)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] auto outcome() & { return Answered::outcome(); }
  template <class Answer = Answered>
  auto outcome() && {
    refuse_broken_temporaries<!std::is_same_v<Answer, Answered>>();
    return Answer(std::move(*this)).outcome();
  }

 private:
  template <bool fine>
  static constexpr void refuse_broken_temporaries();
};

/// The type of what a function answers that was given arguments of these types.
template <class Answered, class... Given>
using AnswerGiven = std::conditional_t<(may_break<Given> || ...), Doubtful<Answered>, Answered>;

/// Whether T is what a function answered, in the same expression, that was given something that may break.
template <class T>
concept DoubtfulRvalue = !std::is_lvalue_reference_v<T> && requires {
  typename std::remove_cvref_t<T>::doubtful;
};

/// Refuses to compile a co_await expression that would destroy something twice.
template <bool fine>
constexpr void refuse_broken_temporaries() {
  static_assert(
      fine,
      "lawful: g++ before 13 destroys twice what is built without a constructor inside a co_await expression: an aggregate "
      "with braces, a lambda with captures. Give the aggregate a constructor, or name the object before, and pass the name "
      "(std::ref(name) for a callable that cannot be copied). A name that is moved looks the same from here: name the "
      "coroutine that it is moved into, as Coroutine<T>, and await that.");
}

template <class Answered>
template <bool fine>
constexpr void Doubtful<Answered>::refuse_broken_temporaries() {
  lawful::refuse_broken_temporaries<fine>();
}

}  // namespace lawful

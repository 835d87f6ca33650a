# What lawful builds on: Debian's packages where they are installed, else the same versions by FetchContent. What was fetched is part
# of this build only, and so is lawful then: it is not installed.
include(FetchContent)

find_package(Threads REQUIRED)

find_package(TBB CONFIG QUIET)
if(NOT TBB_FOUND)
  set(LAWFUL_INSTALL OFF)
  set(TBB_TEST OFF CACHE INTERNAL "")
  FetchContent_Declare(TBB GIT_REPOSITORY https://github.com/oneapi-src/oneTBB.git GIT_TAG v2021.8.0)
  FetchContent_MakeAvailable(TBB)
endif()

find_package(simdjson CONFIG QUIET)
if(NOT simdjson_FOUND)
  set(LAWFUL_INSTALL OFF)
  FetchContent_Declare(simdjson GIT_REPOSITORY https://github.com/simdjson/simdjson.git GIT_TAG v3.0.1)
  FetchContent_MakeAvailable(simdjson)
endif()

find_package(fmt CONFIG QUIET)
if(NOT fmt_FOUND)
  set(LAWFUL_INSTALL OFF)
  FetchContent_Declare(fmt GIT_REPOSITORY https://github.com/fmtlib/fmt.git GIT_TAG 9.1.0)
  FetchContent_MakeAvailable(fmt)
endif()

find_package(CLI11 CONFIG QUIET)
if(NOT CLI11_FOUND)
  set(LAWFUL_INSTALL OFF)
  FetchContent_Declare(CLI11 GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git GIT_TAG v2.1.2)
  FetchContent_MakeAvailable(CLI11)
endif()

find_package(rapidcheck CONFIG QUIET)
if(NOT rapidcheck_FOUND)
  set(LAWFUL_INSTALL OFF)
  # RapidCheck makes no releases: this is the commit that Debian packages.
  FetchContent_Declare(rapidcheck GIT_REPOSITORY https://github.com/emil-e/rapidcheck.git GIT_TAG 08b5058)
  FetchContent_MakeAvailable(rapidcheck)
endif()

if(LAWFUL_TESTS)
  find_package(doctest CONFIG QUIET)
  if(NOT doctest_FOUND)
    FetchContent_Declare(doctest GIT_REPOSITORY https://github.com/doctest/doctest.git GIT_TAG v2.4.9)
    FetchContent_MakeAvailable(doctest)
  endif()
endif()

if(LAWFUL_BENCH)
  find_package(benchmark CONFIG QUIET)
  if(NOT benchmark_FOUND)
    set(BENCHMARK_ENABLE_TESTING OFF CACHE INTERNAL "")
    FetchContent_Declare(benchmark GIT_REPOSITORY https://github.com/google/benchmark.git GIT_TAG v1.7.1)
    FetchContent_MakeAvailable(benchmark)
  endif()
endif()

# Boost.Asio is judged, measured, and lent to tasks for their sockets: without it, all else is there.
find_package(Boost 1.81 QUIET)

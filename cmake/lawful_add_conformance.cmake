# lawful_add_conformance(NAME mine SUBJECT my::Subject HEADER my_subject.hpp
#                        [LIBRARIES target...] [RULES pattern...] [KNOWN file...])
#
# Makes a program NAME that judges SUBJECT, a type that HEADER declares, and has every verb of `lawful`; and a ctest entry
# NAME.RULE for each rule of SPEC.md that RULES (regular expressions; all if none is given) matches, labelled NAME. What SUBJECT
# does not owe or does not offer is skipped. KNOWN are files of known deviations. SUBJECT is an Executor (post(job)), a
# lawful::Scheduler, a Runtime or a lawful::conformance::Subject: see conformance/plug_in.hpp.
function(lawful_add_conformance)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SUBJECT;HEADER" "LIBRARIES;RULES;KNOWN")
  foreach(needed IN ITEMS NAME SUBJECT HEADER)
    if(NOT arg_${needed})
      message(FATAL_ERROR "lawful_add_conformance: ${needed} is missing; it takes NAME, SUBJECT and HEADER")
    endif()
  endforeach()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "lawful_add_conformance: it does not know ${arg_UNPARSED_ARGUMENTS}")
  endif()
  cmake_path(ABSOLUTE_PATH arg_HEADER BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE header)
  if(NOT EXISTS ${header})
    set(header ${arg_HEADER}) # found by the include directories, if at all
  endif()
  set(main ${CMAKE_CURRENT_BINARY_DIR}/lawful_${arg_NAME}.cpp)
  file(CONFIGURE OUTPUT ${main} CONTENT [[
#include "@header@"

#include "conformance/plug_in.hpp"

int main(int argc, char** argv) { return lawful::conformance::run_lawful<@arg_SUBJECT@>(argc, argv, "@arg_NAME@"); }
]] @ONLY)
  add_executable(${arg_NAME} ${main})
  target_link_libraries(${arg_NAME} PRIVATE lawful::conformance ${arg_LIBRARIES})

  set(known)
  foreach(file IN LISTS arg_KNOWN)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND known --known ${file})
  endforeach()
  if(NOT arg_RULES)
    set(arg_RULES ".")
  endif()
  # The rules are the headings of SPEC.md.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${LAWFUL_SPEC})
  file(STRINGS ${LAWFUL_SPEC} headings REGEX "^(## |### [A-Z-]+$)" ENCODING UTF-8)
  set(count 0)
  foreach(heading IN LISTS headings)
    if(heading MATCHES "^## (.*)$")
      string(TOLOWER "${CMAKE_MATCH_1}" chapter)
      string(REPLACE " " "-" chapter "${chapter}")
      continue()
    endif()
    string(REGEX REPLACE "^### " "" rule "${heading}")
    foreach(pattern IN LISTS arg_RULES)
      if(rule MATCHES "${pattern}")
        math(EXPR count "${count} + 1")
        add_test(NAME ${arg_NAME}.${rule} COMMAND ${arg_NAME} check ${arg_NAME} --rules ${rule} ${known})
        set_tests_properties(${arg_NAME}.${rule} PROPERTIES LABELS "lawful;${arg_NAME};${chapter}"
                             SKIP_REGULAR_EXPRESSION "0 of 1 rules conform, 1 (not owed|unsupported)")
        break()
      endif()
    endforeach()
  endforeach()
  if(count EQUAL 0)
    message(FATAL_ERROR "lawful_add_conformance: no rule matches ${arg_RULES}")
  endif()
endfunction()

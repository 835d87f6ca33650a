# Runs all mutants and compares the kill matrix with the published one.
execute_process(COMMAND ${PROGRAM} mutants --table ${FRESH} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "lawful mutants ended with ${status}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${PUBLISHED} ${FRESH} RESULT_VARIABLE differs)
if(differs)
  message(FATAL_ERROR "${PUBLISHED} is not current: write it anew with `./lawful mutants --table conformance/mutants/KILLS.md`")
endif()

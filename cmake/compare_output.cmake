# Runs PROGRAM and compares what it prints with the file EXPECTED, byte for byte.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE seen RESULT_VARIABLE status)
file(READ ${EXPECTED} expected)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}\n${seen}")
endif()
if(NOT seen STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} printed\n${seen}\ninstead of\n${expected}")
endif()

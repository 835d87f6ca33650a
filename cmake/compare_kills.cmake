# Runs all mutants and compares the kill matrix and its timelines with the published ones.
file(MAKE_DIRECTORY ${FRESH}/drawings)
execute_process(COMMAND ${PROGRAM} mutants --table ${FRESH}/KILLS.md --timelines ${FRESH}/TIMELINES.txt --drawings ${FRESH}/drawings RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "lawful mutants ended with ${status}")
endif()
foreach(file IN ITEMS KILLS.md TIMELINES.txt)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${PUBLISHED}/${file} ${FRESH}/${file} RESULT_VARIABLE differs)
  if(differs)
    message(FATAL_ERROR "${PUBLISHED}/${file} is not current: write it anew with "
                        "`./lawful mutants --table conformance/mutants/KILLS.md --timelines conformance/mutants/TIMELINES.txt`")
  endif()
endforeach()
# Every drawing is one, and holds what the text holds.
file(GLOB drawings ${FRESH}/drawings/*.svg)
list(LENGTH drawings count)
if(count LESS 200)
  message(FATAL_ERROR "only ${count} drawings")
endif()
execute_process(COMMAND python3 -c "import sys, xml.dom.minidom as dom
for path in sys.argv[1:]:
    svg = dom.parse(path)
    assert svg.documentElement.tagName == 'svg' and svg.getElementsByTagName('circle'), path" ${drawings} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "a drawing is not well-formed")
endif()

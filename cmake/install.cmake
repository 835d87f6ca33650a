# What `cmake --install` puts where: headers in include/lawful, rules, drivers and known deviations in share/lawful, and the package
# that find_package(lawful) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(libraries lawful_scheduler lawful_tbb lawful_spec lawful_properties lawful_conformance)
foreach(library IN LISTS libraries)
  string(REPLACE "lawful_" "" name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${libraries} EXPORT lawful ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS lawful RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY scheduler spec properties conformance DESTINATION include/lawful FILES_MATCHING PATTERN "*.hpp" PATTERN test EXCLUDE)
install(FILES SPEC.md LICENSE DESTINATION share/lawful)
install(DIRECTORY conformance/drivers conformance/known DESTINATION share/lawful PATTERN "__pycache__" EXCLUDE)
install(DIRECTORY docs DESTINATION share/lawful)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lawful)
install(EXPORT lawful NAMESPACE lawful:: FILE lawfulTargets.cmake DESTINATION ${package})
install(FILES cmake/lawful_add_conformance.cmake DESTINATION ${package})
configure_package_config_file(cmake/lawfulConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/lawfulConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/lawfulConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lawfulConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/lawfulConfigVersion.cmake DESTINATION ${package})

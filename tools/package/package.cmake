# What `cmake --install` puts where, and the Debian package that `cpack` makes of
# it (in build/release: cpack -G DEB).

install(TARGETS weir weirctl RUNTIME)
install(FILES config/weir.example.toml
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES README.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
install(FILES schemas/weir/v1/event.proto schemas/weir/v1/status.proto
  DESTINATION ${CMAKE_INSTALL_DATADIR}/weir/schemas/weir/v1)
install(FILES tools/package/weir.bash RENAME weir
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES tools/package/weirctl.bash RENAME weirctl
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES schemas/admin.openapi.yaml
  DESTINATION ${CMAKE_INSTALL_DATADIR}/weir/schemas)

install(FILES tools/package/lintian-overrides RENAME weir
  DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides)

# The rest depends on the prefix, which is known when it is installed.
find_package(Python3 COMPONENTS Interpreter)
set(WEIR_CONTACT "The Weir authors <authors@weir.invalid>"
  CACHE STRING "Who answers for the package")
configure_file(tools/package/install.cmake.in
  ${CMAKE_BINARY_DIR}/package/install.cmake @ONLY)
install(SCRIPT ${CMAKE_BINARY_DIR}/package/install.cmake)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME weir)
set(CPACK_PACKAGE_VENDOR "The Weir authors")
set(CPACK_PACKAGE_CONTACT "${WEIR_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "gateway between Socket.IO clients and Apache Kafka")
set(CPACK_PACKAGE_DESCRIPTION
  "What clients of Socket.IO emit becomes Kafka records, and what is in Kafka
reaches the members of the rooms, in partition order and without a hole. A
configuration file maps rooms to topics; application code lives in back ends
that read and write Kafka.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/tools/package/postinst
  ${CMAKE_SOURCE_DIR}/tools/package/prerm
  ${CMAKE_SOURCE_DIR}/tools/package/postrm
  ${CMAKE_SOURCE_DIR}/tools/package/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
include(CPack)

# SPDX-License-Identifier: Apache-2.0
# The project's own commands: services, programs and their tests.
option(CI_TESTS "Build the tests" ON)
option(CI_FUZZ "Build the fuzzers (clang)" OFF)
option(CI_WERROR "Warnings are errors" OFF)

# Code that reports its version has SLIPWAY_VERSION.
add_library(ci_options INTERFACE)
target_compile_definitions(ci_options INTERFACE _GNU_SOURCE SLIPWAY_VERSION="${PROJECT_VERSION}")

# ci_add_program(<name> <dir>): slipway-<name> from <dir>/main.c, and <name>_core from every other
# .c file of the folder and its sql/, so that tests link the core.
function(ci_add_program name dir)
    string(REPLACE "-" "_" core "${name}_core")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${dir}/*.c")
    list(REMOVE_ITEM sources "${dir}/main.c")
    list(FILTER sources EXCLUDE REGEX "/(node_modules|dist)/")
    add_library(${core} STATIC ${sources})
    target_include_directories(${core} PUBLIC "${dir}")
    target_link_libraries(${core} PUBLIC shared ci_options PRIVATE ci_warnings)
    if(EXISTS "${dir}/sql")
        ci_embed_sql(${core} "${dir}/sql")
    endif()
    set(program "slipway-${name}")
    if(name STREQUAL "cli")
        set(program "slipway")
    endif()
    add_executable(${program} "${dir}/main.c")
    target_link_libraries(${program} PRIVATE ${core} ci_warnings)
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# ci_add_man(<program> <section> [COMMAND...]): its man page, from what --help prints.
set(CI_MAN_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/man_page.cmake")
function(ci_add_man program section)
    set(page "${CMAKE_BINARY_DIR}/man/${program}.${section}")
    add_custom_command(
        OUTPUT "${page}"
        COMMAND "${CMAKE_COMMAND}" -D "PROGRAM=$<TARGET_FILE:${program}>" -D "SECTION=${section}"
                -D "VERSION=${PROJECT_VERSION}" -D "COMMANDS=${ARGN}" -D "OUT=${page}"
                -P "${CI_MAN_SCRIPT}"
        DEPENDS ${program} "${CI_MAN_SCRIPT}"
        COMMENT "Writing the man page of ${program}"
        VERBATIM)
    add_custom_target(man_${program} ALL DEPENDS "${page}")
    install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endfunction()

# ci_add_service(<name>): the service in services/<name>/.
function(ci_add_service name)
    ci_add_program(${name} "${PROJECT_SOURCE_DIR}/services/${name}")
endfunction()

# ci_add_test(<component> <module> [DB]): tests/<component>/test_<module>.c against the component's
# core, as the ctest `component.module`. DB: it needs PostgreSQL and gets the label `db`.
function(ci_add_test component module)
    string(REPLACE "-" "_" core "${component}_core")
    if(component STREQUAL "shared")
        set(core shared)
    endif()
    set(target "test_${component}_${module}")
    add_executable(${target} "${CMAKE_CURRENT_SOURCE_DIR}/test_${module}.c")
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(${target} PRIVATE ${core} ci_warnings ci_options PkgConfig::CMOCKA)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    add_test(NAME ${component}.${module} COMMAND ${target})
    if("DB" IN_LIST ARGN)
        set_tests_properties(${component}.${module} PROPERTIES LABELS db)
    endif()
endfunction()

# SPDX-License-Identifier: Apache-2.0
# ci_embed_sql(<target> <dir> [NAME name]): one .sql file, one symbol.
#
# sql/queue_lease.sql becomes `extern const struct ci_stmt sql_queue_lease`, declared in
# <name>_sql.h (name: the target without _core); <name>_sql_all lists them, NULL-terminated, in
# order of file name. Editing a .sql file rebuilds only that object: the header, a by-product, is
# written only when it changes.
set(CI_EMBED_SQL_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/embed_sql.cmake")

function(ci_embed_sql target dir)
    cmake_parse_arguments(arg "" "NAME" "" ${ARGN})
    if(NOT arg_NAME)
        string(REGEX REPLACE "_core$" "" arg_NAME "${target}")
    endif()
    file(GLOB sql_files CONFIGURE_DEPENDS "${dir}/*.sql")
    set(out "${CMAKE_BINARY_DIR}/gen/${target}")
    add_custom_command(
        OUTPUT "${out}/${arg_NAME}_sql.c"
        BYPRODUCTS "${out}/${arg_NAME}_sql.h"
        COMMAND "${CMAKE_COMMAND}" -D "NAME=${arg_NAME}" -D "OUT=${out}" -D "FILES=${sql_files}"
                -P "${CI_EMBED_SQL_SCRIPT}"
        DEPENDS ${sql_files} "${CI_EMBED_SQL_SCRIPT}"
        COMMENT "Embedding SQL for ${arg_NAME}"
        VERBATIM)
    target_sources("${target}" PRIVATE "${out}/${arg_NAME}_sql.c" "${out}/${arg_NAME}_sql.h")
    target_include_directories("${target}" PUBLIC "${out}")
endfunction()

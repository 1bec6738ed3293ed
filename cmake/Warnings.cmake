# SPDX-License-Identifier: Apache-2.0
# The warnings every target is built with; errors with CI_WERROR (the presets).
add_library(ci_warnings INTERFACE)
target_compile_options(ci_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wformat=2 -Wundef -Wvla -Wwrite-strings -Wcast-qual -Wpointer-arith
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wmissing-declarations
    -Wimplicit-fallthrough -Wnull-dereference -Wdate-time
    -fno-common -fstack-protector-strong
    $<$<C_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init
        -Wstringop-overflow=4 -Warith-conversion -fstack-clash-protection -fcf-protection>)
if(CI_WERROR)
    target_compile_options(ci_warnings INTERFACE -Werror)
endif()

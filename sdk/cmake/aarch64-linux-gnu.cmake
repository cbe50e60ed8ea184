# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Toolchain for arm64, on Debian and its kin:
#
#   apt install gcc-aarch64-linux-gnu                       # the compiler
#   PREFIX/share/skep/vm/fetch-sysroot arm64                # headers and libraries; prints the folder
#   cmake -B build-arm64 --toolchain PREFIX/lib/cmake/skep/aarch64-linux-gnu.cmake
#
# SKEP_SYSROOT is the folder, where it is not what fetch-sysroot made. vmlinux.h comes from the
# kernel 6.1-arm64 of `skep test`, where that was fetched; -DSKEP_VMLINUX_BTF= names another.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
# Where it is not there, check_language(CXX) says no, rather than find this machine's.
find_program(_skep_cxx aarch64-linux-gnu-g++)
mark_as_advanced(_skep_cxx)
set(CMAKE_CXX_COMPILER "${_skep_cxx}")

# As the scripts of skep find their cache.
if(DEFINED ENV{SKEP_CACHE})
    set(_skep_cache "$ENV{SKEP_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(_skep_cache "$ENV{XDG_CACHE_HOME}/skep")
else()
    set(_skep_cache "$ENV{HOME}/.cache/skep")
endif()
set(SKEP_SYSROOT "${_skep_cache}/sysroot/arm64" CACHE PATH "Headers and libraries of arm64")
if(NOT IS_DIRECTORY "${SKEP_SYSROOT}/usr/include")
    message(FATAL_ERROR "there is no sysroot for arm64 in ${SKEP_SYSROOT}: `fetch-sysroot arm64` "
                        "of skep (share/skep/vm, or sdk/vm in its sources) makes one, or give "
                        "-DSKEP_SYSROOT=FOLDER")
endif()
# CMake's own checks read this file too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SKEP_SYSROOT)
set(CMAKE_SYSROOT "${SKEP_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
# skep itself, built for arm64, may lie in any prefix.
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${SKEP_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR}
    "${SKEP_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${SKEP_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_PATH} "")

# The skep that runs in the build is this machine's: beside this file where that is installed, or
# in the PATH; never the one in a prefix of arm64.
find_program(SKEP_CLI_EXECUTABLE skep
    HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" "${CMAKE_CURRENT_LIST_DIR}/../../../../bin"
    NO_PACKAGE_ROOT_PATH NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH NO_CMAKE_SYSTEM_PATH
    DOC "The skep command to run in the build")
if(NOT SKEP_VMLINUX_BTF AND EXISTS "${_skep_cache}/kernels/6.1-arm64/vmlinuz")
    set(SKEP_VMLINUX_BTF "${_skep_cache}/kernels/6.1-arm64/vmlinuz"
        CACHE FILEPATH "What vmlinux.h is made from")
endif()

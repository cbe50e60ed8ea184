# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What `cmake --install` puts where. The result may be moved: nothing in it says where it was built
# for. Included by sdk/CMakeLists.txt once all targets are there.

set(SKEP_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/skep")
set(SKEP_INSTALL_TEMPLATES "${CMAKE_INSTALL_DATADIR}/skep/templates")
set(SKEP_INSTALL_VM "${CMAKE_INSTALL_DATADIR}/skep/vm")

# Programs and libraries find libskep beside them, and libbpf where it was found if that is no
# folder of the system's. FROM is the folder of the target that is installed.
function(_skep_set_runpath target from)
    file(RELATIVE_PATH up "${from}" "${CMAKE_INSTALL_FULL_LIBDIR}")
    string(REGEX REPLACE "/$" "" runpath "\$ORIGIN/${up}")
    set_target_properties(${target} PROPERTIES
        INSTALL_RPATH "${runpath}"
        INSTALL_RPATH_USE_LINK_PATH ON)
endfunction()

# One export set per part that needs more than libbpf: who does not ask for the part needs not have
# what it needs.
function(_skep_install_targets set)
    foreach(target IN LISTS ARGN)
        get_target_property(type ${target} TYPE)
        if(type STREQUAL "EXECUTABLE")
            _skep_set_runpath(${target} "${CMAKE_INSTALL_FULL_BINDIR}")
        elseif(type STREQUAL "SHARED_LIBRARY")
            _skep_set_runpath(${target} "${CMAKE_INSTALL_FULL_LIBDIR}")
        endif()
        # Consumers call the target skep::<name> in the build tree and installed.
        get_target_property(name ${target} EXPORT_NAME)
        if(NOT name)
            string(REGEX REPLACE "^skep_" "" name "${target}")
            set_target_properties(${target} PROPERTIES EXPORT_NAME "${name}")
        endif()
    endforeach()
    install(TARGETS ${ARGN} EXPORT ${set}
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(EXPORT ${set} NAMESPACE skep:: DESTINATION "${SKEP_INSTALL_CMAKEDIR}")
endfunction()

# For pkg-config: <name>.pc from a .pc.in, told relative to the folder it lies in.
function(_skep_install_pc name template)
    file(RELATIVE_PATH SKEP_PC_TO_PREFIX
        "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
    string(REGEX REPLACE "/$" "" SKEP_PC_TO_PREFIX "${SKEP_PC_TO_PREFIX}")
    foreach(kind BINDIR LIBDIR INCLUDEDIR DATADIR)
        if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
            set(SKEP_PC_${kind} "${CMAKE_INSTALL_${kind}}")
        else()
            set(SKEP_PC_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
        endif()
    endforeach()
    _skep_bpf_flags(flags)
    list(JOIN flags " " SKEP_PC_BPF_FLAGS)
    configure_file(
        "${PROJECT_SOURCE_DIR}/sdk/cmake/${template}" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

function(_skep_install_config)
    configure_package_config_file(
        "${PROJECT_SOURCE_DIR}/sdk/cmake/skepConfig.cmake.in"
        "${PROJECT_BINARY_DIR}/skepConfig.cmake"
        INSTALL_DESTINATION "${SKEP_INSTALL_CMAKEDIR}"
        NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
    write_basic_package_version_file(
        "${PROJECT_BINARY_DIR}/skepConfigVersion.cmake" COMPATIBILITY SameMajorVersion)
    install(FILES
        "${PROJECT_BINARY_DIR}/skepConfig.cmake"
        "${PROJECT_BINARY_DIR}/skepConfigVersion.cmake"
        "${PROJECT_SOURCE_DIR}/sdk/cmake/SkepBpf.cmake"
        "${PROJECT_SOURCE_DIR}/sdk/cmake/SkepGate.cmake"
        "${PROJECT_SOURCE_DIR}/sdk/cmake/SkepHost.cmake"
        "${PROJECT_SOURCE_DIR}/sdk/cmake/SkepVmlinux.cmake"
        "${PROJECT_SOURCE_DIR}/sdk/cmake/aarch64-linux-gnu.cmake"
        DESTINATION "${SKEP_INSTALL_CMAKEDIR}")
endfunction()

set(main_targets skep skep_static skep_bpf)
if(TARGET skep_cli)
    list(APPEND main_targets skep_cli)
endif()
_skep_install_targets(skepTargets ${main_targets})

# The parts, with what their headers and what only their libraries need.
set(dwarf_needs "")
set(dwarf_needs_inside libdw)
set(testing_needs cmocka)
set(testing_needs_inside libpcap)
set(tool_needs "")
set(tool_needs_inside jansson)
foreach(part dwarf testing tool)
    if(TARGET skep_${part})
        set(targets skep_${part})
        if(TARGET skep_${part}_static)
            list(APPEND targets skep_${part}_static)
        endif()
        _skep_install_targets(skep-${part} ${targets})
        set(SKEP_PART ${part})
        set(SKEP_PART_NEEDS "${${part}_needs}")
        set(SKEP_PART_NEEDS_INSIDE "${${part}_needs_inside}")
        _skep_install_pc(skep-${part} skep-part.pc.in)
    endif()
endforeach()

install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/include/skep" "${PROJECT_SOURCE_DIR}/bpf-headers/skep"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
# Seen first by BPF programs that are tested on the host, and by nobody else: not among the headers.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/host-headers" DESTINATION "${SKEP_INSTALL_CMAKEDIR}"
    FILES_MATCHING PATTERN "*.h")
if(EXISTS "${PROJECT_SOURCE_DIR}/templates")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/templates/" DESTINATION "${SKEP_INSTALL_TEMPLATES}"
        USE_SOURCE_PERMISSIONS)
endif()
if(EXISTS "${PROJECT_SOURCE_DIR}/lab")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/lab/" DESTINATION "${CMAKE_INSTALL_DATADIR}/skep/lab")
endif()
# What `skep test` runs; scripts are used where they are.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/vm/" DESTINATION "${SKEP_INSTALL_VM}"
    USE_SOURCE_PERMISSIONS)
_skep_install_config()
_skep_install_pc(skep skep.pc.in)

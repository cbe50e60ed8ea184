# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The examples as tools: skep-NAME among the programs, what `skep tools` says of them, and, where
# help2man is found, a page of the manual that is made of --help.
get_property(examples GLOBAL PROPERTY SKEP_EXAMPLES)
find_program(SKEP_HELP2MAN NAMES help2man DOC "Makes the tools' pages of the manual")

# A program lies in a folder of its own, so that nothing of the same name is overwritten on the way to
# skep-NAME, which is a link to it.
function(_skep_install_tool name)
    file(RELATIVE_PATH from_bin
        "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBEXECDIR}/skep")
    _skep_set_runpath(${name} "${CMAKE_INSTALL_FULL_LIBEXECDIR}/skep")
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/skep")
    install(CODE "
        set(bin \"${CMAKE_INSTALL_BINDIR}\")
        if(NOT IS_ABSOLUTE \"\${bin}\")
            set(bin \"\${CMAKE_INSTALL_PREFIX}/\${bin}\")
        endif()
        set(link \"\$ENV{DESTDIR}\${bin}/skep-${name}\")
        message(STATUS \"Installing: \${link}\")
        file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${bin}\")
        file(REMOVE \"\${link}\")
        file(CREATE_LINK \"${from_bin}/${name}\" \"\${link}\" SYMBOLIC)")
    install(FILES "${PROJECT_BINARY_DIR}/share/skep/tools/${name}/.about"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/skep/tools/${name}")
endfunction()

function(_skep_install_page name)
    set(page "${PROJECT_BINARY_DIR}/share/man/skep-${name}.8")
    set(program "${PROJECT_BINARY_DIR}/share/man/skep-${name}")
    file(STRINGS "${PROJECT_BINARY_DIR}/share/skep/tools/${name}/.about" about LIMIT_COUNT 1)
    file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/share/man")
    add_custom_command(OUTPUT "${page}"
        COMMAND "${CMAKE_COMMAND}" -E create_symlink "$<TARGET_FILE:${name}>" "${program}"
        COMMAND "${SKEP_HELP2MAN}" --no-info --section=8 "--name=${about}"
                "--version-string=skep-${name} ${PROJECT_VERSION}" "--output=${page}" "${program}"
        DEPENDS ${name} "${PROJECT_BINARY_DIR}/share/skep/tools/${name}/.about"
        COMMENT "MAN  skep-${name}.8" VERBATIM)
    set_property(GLOBAL APPEND PROPERTY SKEP_PAGES "${page}")
    install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man8")
endfunction()

foreach(name IN LISTS examples)
    _skep_install_tool(${name})
    if(SKEP_HELP2MAN AND NOT CMAKE_CROSSCOMPILING)
        _skep_install_page(${name})
    endif()
endforeach()
get_property(pages GLOBAL PROPERTY SKEP_PAGES)
if(pages)
    add_custom_target(skep_pages ALL DEPENDS ${pages})
endif()

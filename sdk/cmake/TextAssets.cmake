# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Text files -> a source of C with a string for each extension, of the files in the order given:
#
#   cmake "-DINPUTS=page.css|a.js|b.js" -DPREFIX=page -DOUTPUT=page-assets.c -P TextAssets.cmake
#
# makes page_css and page_js.
cmake_minimum_required(VERSION 3.21)

foreach(argument INPUTS PREFIX OUTPUT)
    if(NOT DEFINED ${argument})
        message(FATAL_ERROR "TextAssets.cmake: -D${argument}= is missing")
    endif()
endforeach()

string(REPLACE "|" ";" inputs "${INPUTS}")
set(extensions "")
foreach(input IN LISTS inputs)
    cmake_path(GET input EXTENSION LAST_ONLY extension)
    string(SUBSTRING "${extension}" 1 -1 extension)	# without its dot
    list(APPEND extensions ${extension})
    file(READ "${input}" text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n\t\"" text "${text}")
    string(APPEND text_${extension} "${text}")
endforeach()
list(REMOVE_DUPLICATES extensions)

set(made "/* Made by TextAssets.cmake. */\n")
foreach(extension IN LISTS extensions)
    string(APPEND made "const char ${PREFIX}_${extension}[] =\n\t\"${text_${extension}}\";\n")
endforeach()
file(WRITE "${OUTPUT}" "${made}")

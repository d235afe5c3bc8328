# Writes FILE, which says which commit SOURCE is of, unless it says so already.
# Run by each build: what is configured once does not see the next commit.
set(commit "${COMMIT}")
if(NOT commit)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty
      --abbrev=12 --exclude=*
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit)
  set(commit unknown)
endif()
set(text "#pragma once\n\n#define WEIR_COMMIT \"${commit}\"\n")
if(EXISTS ${FILE})
  file(READ ${FILE} former)
endif()
if(NOT text STREQUAL "${former}")
  file(WRITE ${FILE} "${text}")
endif()

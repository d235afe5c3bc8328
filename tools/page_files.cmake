# Writes the source of `weir::admin_page` (actors/node/admin_page.hpp): the files
# of FOLDER that FILES names, as they are.
#
#   cmake -DFOLDER=... -DFILES=a,b -DSOURCE=... -P page_files.cmake
set(text "#include \"actors/node/admin_page.hpp\"

namespace weir {

const std::vector<http::page_file>& admin_page() {
  static const std::vector<http::page_file> files{
")
string(REPLACE "," ";" FILES "${FILES}")
foreach(name IN LISTS FILES)
  file(READ "${FOLDER}/${name}" content)
  if(content MATCHES "\\)weir\"")
    message(FATAL_ERROR "${name} has what ends a file in the program: )weir\"")
  endif()
  string(APPEND text "    {\"${name}\", R\"weir(${content})weir\"},\n")
endforeach()
string(APPEND text "  };
  return files;
}

} // namespace weir
")
file(WRITE "${SOURCE}" "${text}")

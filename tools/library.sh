# Sourced by the scripts that build a library once for all checkouts of this
# machine, after they have set:
#
#   library   its name, as in the files of the cache     version
#   archive_sha256                                        upstream_url
#   debian_source, debian_suite    the source package that holds the pristine
#                                  upstream archive, and the suite it is in
#   prefix    where it goes to; also how others know that it is there
#   patch_file                     optional: what its source is patched with
#
# They then call `build_library CMAKE_ARGUMENT...`, and may define
# `complete_prefix BUILD PREFIX`, which adds to what CMake installs.

archive=$weir_cache/download/$library-$version.tar.gz

is_intact() {
  [ -f "$1" ] && echo "$archive_sha256  $1" | sha256sum --check --status
}

# A private apt configuration reads the suite from whichever mirror this
# machine already uses, and leaves the machine's own configuration as it is.
fetch_from_debian() {
  local work=$1 mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(CODENAME)' \
    'Created-By: Packages' 2>/dev/null \
    | awk '$2 == "Debian" && $3 !~ /-/ { print $1; exit }')
  [ -n "$mirror" ] || return 1
  mkdir -p "$work"/{parts,lists/partial,cache/archives/partial}
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "$mirror $debian_suite main" >"$work/parts/$debian_suite.list"
  # A mirror that lags behind serves as well: the archive's SHA-256 decides.
  local private=(-o Acquire::Check-Valid-Until=false
    -o Dir::Etc::sourcelist=/dev/null
    -o Dir::Etc::sourceparts="$work/parts" -o Dir::State::Lists="$work/lists"
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)")
  (cd "$work" && apt-get "${private[@]}" update \
    && apt-get "${private[@]}" source --tar-only --download-only \
      "$debian_source") || return 1
  mv "$work/${debian_source%%=*}_$version.orig.tar.gz" "$archive.part"
}

fetch_from_upstream() {
  if command -v curl >/dev/null; then
    curl -fsSL -o "$archive.part" "$upstream_url"
  elif command -v wget >/dev/null; then
    wget -q -O "$archive.part" "$upstream_url"
  else
    echo "neither curl nor wget to fetch it from upstream with"
    return 1
  fi
}

fetch_archive() {
  is_intact "$archive" && return
  mkdir -p "$(dirname "$archive")"
  local from
  for from in fetch_from_debian fetch_from_upstream; do
    "$from" "$work/fetch" || { say "$from: no archive"; continue; }
    if is_intact "$archive.part"; then
      mv "$archive.part" "$archive"
      return
    fi
    say "$from: the archive's SHA-256 is not $archive_sha256"
  done
  fail "no intact archive of $library $version to be had from Debian or upstream" \
    "put it there by hand: $archive (SHA-256 $archive_sha256)," \
    "or give CMake an installed one: -DCMAKE_PREFIX_PATH=/its/prefix"
}

build_archive() {
  mkdir -p "$work/source"
  tar -xzf "$archive" -C "$work/source" --strip-components=1
  [ -z "${patch_file:-}" ] || GIT_CEILING_DIRECTORIES=$work \
    git -C "$work/source" apply "$patch_file"
  local launcher=()
  command -v ccache >/dev/null && launcher=(
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # The paths inside of ccache's key would differ from build to build.
  export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
  cmake -S "$work/source" -B "$work/build" -G Ninja \
    -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER="${CXX:-g++}" \
    "${launcher[@]}" -DCMAKE_INSTALL_PREFIX="$prefix" \
    -DCMAKE_INSTALL_LIBDIR=lib "$@"
  cmake --build "$work/build"
  # Installed aside and moved in one go: a prefix that exists is complete.
  DESTDIR="$work/staging" cmake --install "$work/build"
  ! declare -F complete_prefix >/dev/null \
    || complete_prefix "$work/build" "$work/staging/$prefix"
  mkdir -p "$(dirname "$prefix")"
  mv "$work/staging/$prefix" "$prefix"
}

# Does nothing if the prefix is there.
build_library() {
  [ -d "$prefix" ] && return
  mkdir -p "$weir_cache"
  exec 9>"$prefix.lock"
  flock 9
  [ -d "$prefix" ] && return
  work=$(mktemp -d "$weir_cache/$library-build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  fetch_archive
  build_archive "$@"
  rm -f "$prefix.lock"
}

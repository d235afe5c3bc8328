# bash completion for weir(1)

_weir() {
  local options="--set --version --help"
  case " ${COMP_WORDS[*]:1:COMP_CWORD-1} " in
    *" check "*) options="--set --partitions --kafka --help" ;;
  esac
  case $2 in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2") ;;
    *)
      mapfile -t COMPREPLY < <(compgen -f -X '!*.toml' -- "$2"
        compgen -d -S / -- "$2")
      [ "$COMP_CWORD" -ne 1 ] \
        || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W check -- "$2")
      compopt -o filenames -o nospace
      ;;
  esac
}
complete -F _weir weir

# bash completion for weirctl(1)

_weirctl() {
  local options="--url --token-file --ca --timeout --json --help" command word
  local commands="status top nodes partitions actors hot rooms connections check why"
  commands+=" tail disconnect drain emit publish join leave loglevel reload"
  local is_value
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $is_value ]]; then
      is_value=
      continue
    fi
    case $word in
      --url | --token-file | --ca | --timeout) is_value=yes ;;
    esac
    # What is behind a command may be called as another one.
    case " $commands " in *" $word "*) command=$word && break ;; esac
  done
  case $3 in
    --token-file | --ca)
      mapfile -t COMPREPLY < <(compgen -f -- "$2")
      compopt -o filenames
      return
      ;;
    --transport)
      mapfile -t COMPREPLY < <(compgen -W "polling websocket" -- "$2")
      return
      ;;
  esac
  case $command in
    "") options="$commands $options --version" ;;
    top) options+=" --interval --times --sort" ;;
    nodes) options+=" --node" ;;
    partitions) options+=" --node --topic --limit --after --all" ;;
    actors) options+=" --node --type --busiest" ;;
    hot) options+=" --node --limit" ;;
    rooms) options+=" --node --namespace --prefix --topic --limit --after --all" ;;
    connections)
      options+=" --node --namespace --user --room --transport --address --behind"
      options+=" --paused --limit --after --all"
      ;;
    check) options+=" --max-lag" ;;
    why) options+=" --namespace --partition --offset" ;;
    tail)
      options+=" --topic --client-url --path --namespace --auth --since --count"
      ;;
    emit) options+=" --room --sid --user --namespace --node" ;;
    publish) options+=" --namespace" ;;
    join | leave) options+=" --sid --user --namespace --node" ;;
    reload) options+=" --node" ;;
    loglevel) options+=" --node trace debug info warning error" ;;
    disconnect) options+=" --sid --user --room --namespace" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2")
}
complete -F _weirctl weirctl

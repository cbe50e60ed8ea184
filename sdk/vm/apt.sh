# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
# Packages of Debian suites that this machine does not use: from the mirror of its own apt
# configuration, through a private apt state. Its lists and sources are never changed, nothing is
# installed, and root is not needed. Sourced, after common.sh.

# "URI|FILE:LINE" of the Debian archive among the sources that apt uses with these options.
ask_apt()
{
	# shellcheck disable=SC2016  # the dollars are apt's
	apt-get "$@" indextargets 'Created-By: Packages' 'Component: main' \
		--format '$(ORIGIN)|$(LABEL)|$(REPO_URI)|$(SOURCESENTRY)' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 == "Debian" && !found++ { print $3 "|" $4 }'
}

# find_key URI FILE: the Signed-By of that archive in a file of sources, of either format.
find_key()
{
	awk -v uri="$1" '
		function flush() { if (ours && key != "") { print key; exit } ours = 0; key = "" }
		/^[ \t]*$/ { flush() }
		tolower($1) == "uris:" {
			for (i = 2; i <= NF; i++) {
				sub(/\/$/, "", $i)
				ours = ours || $i == uri
			}
		}
		tolower($1) == "signed-by:" { key = $2 }
		$1 == "deb" && match($0, /signed-by=[^] ]+/) && index($0, uri) {
			key = substr($0, RSTART + 10, RLENGTH - 10); ours = 1; flush()
		}
		END { flush() }' "$2" | head -n 1
}

# "URI<TAB>key file" of the first Debian archive that this machine uses; the key may be empty.
find_mirror()
{
	local uri entry key state=$SKEP_CACHE/apt/machine

	IFS='|' read -r uri entry < <(ask_apt) || true
	if [[ -z ${uri:-} ]]; then
		# A new machine may have fetched no lists yet, and without them apt cannot tell
		# whose archive is whose. They are fetched here, not into the machine's own state.
		mkdir -p "$state/lists/partial"
		apt-get -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" -q \
			update > "$state/update.log" 2>&1 || true
		IFS='|' read -r uri entry < <(ask_apt -o "Dir::State=$state" \
			-o "Dir::State::lists=$state/lists") || true
	fi
	[[ -n ${uri:-} ]] ||
		die "apt on this machine knows no Debian mirror, or is off-line;" \
			"${SKEP_APT_INSTEAD:-}"
	key=$(find_key "${uri%/}" "${entry%:*}")
	[[ -r $key ]] || key=
	printf '%s\t%s\n' "$uri" "$key"
}

# apt_private SUITE[:ARCH] COMMAND...: apt-get or apt-cache with the private state of one suite, in
# which nothing is installed. ARCH is Debian's name of another processor.
apt_private()
{
	local state=$SKEP_CACHE/apt/${1/:/-} arch=${1#*:} tool=$2
	local options=(-o "Dir::State=$state" -o "Dir::State::lists=$state/lists"
		-o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache"
		-o "Dir::Etc::sourcelist=$state/sources.list" -o "Dir::Etc::sourceparts=/dev/null"
		-o "Dir::Etc::preferencesparts=/dev/null"
		-o "Acquire::Retries=2" -q)

	# apt's own unprivileged user cannot write below a home folder.
	[[ $EUID -ne 0 ]] || options+=(-o "APT::Sandbox::User=root")
	[[ $1 != *:* ]] || options+=(-o "APT::Architecture=$arch" -o "APT::Architectures::=$arch")
	shift 2
	"$tool" "${options[@]}" "$@"
}

# Lists of a suite are fetched once an hour at most: three kernels may share one suite.
update_suite()
{
	local suite=${1%:*} state=$SKEP_CACHE/apt/${1/:/-} uri key

	mkdir -p "$state"
	: > "$state/status"
	[[ -z $(find "$state/updated" -mmin -60 2>/dev/null) ]] || return 0
	IFS=$'\t' read -r uri key < <(find_mirror) || exit 1
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	echo "deb ${key:+[signed-by=$key] }$uri $suite main" > "$state/sources.list"
	apt_private "$1" apt-get update > "$state/update.log" 2>&1 || return 1
	! grep -q '^[WE]: Failed to fetch' "$state/update.log" || return 1
	touch "$state/updated"
}

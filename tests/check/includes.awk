# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Which file may include which. Files are given by their path from the root of the tree.

BEGIN {
	# The folders of sdk/src, and whose private headers each may see.
	sees["base"] = "base"
	sees["verifier"] = "base verifier"
	sees["kernel"] = "base kernel"
	sees["map"] = "base kernel map"
	sees["object"] = sees["verifier"] " kernel map object"
	sees["attach"] = sees["object"] " attach"
	sees["stream"] = sees["attach"] " stream"
	sees["run"] = sees["stream"] " run"
	sees["dwarf"] = "base verifier dwarf"
	sees["testing"] = "base testing"
	sees["tool"] = "base tool"
	# The explainer's rooms, and whose headers each may see beside explanation.h.
	within["text"] = ""
	within["log"] = within["catalogue"] = "text"
	within["story"] = within["object"] = "text log"
	within["c"] = within["cost"] = "text log object"
	within["show"] = "text log story"
	within["facts"] = "text log story object"
	within["cause"] = within["fix"] = "text log story object c facts"
	# Links with libskep as anybody does: every public header.
	user["testing"] = user["tool"] = 1
	# Public headers whose name is not that of their folder.
	split("base error hash log number types typed version", names, " ")
	for (i in names)
		room[names[i]] = "base"
	room["plan"] = room["upgrade"] = "attach"
	room["link"] = room["inspect"] = room["needs"] = "object"
	room["hist"] = "map"
	room["ring"] = room["perf"] = room["record"] = room["merge"] = room["rings"] = "stream"
	room["bpf_log"] = "stream"
	room["loop"] = room["gen"] = room["skep"] = "run"
	room["explain"] = "verifier"
	# Made by the build.
	made["since-table.h"] = "kernel"
	made["catalogue-table.h"] = "verifier"
}

function has(list, word)
{
	return index(" " list " ", " " word " ") > 0
}

function wrong(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why
}

function exists(path,    line, found)
{
	found = (getline line < path) >= 0
	close(path)
	return found
}

# The folder of sdk/src that a public header belongs to.
function public_room(header,    name)
{
	name = header
	sub(/^skep\//, "", name)
	sub(/\.hp*$/, "", name)
	sub(/^attach\/.*/, "attach", name)
	sub(/^map\/.*/, "map", name)
	sub(/^ring\/.*/, "ring", name)
	sub(/^rings\/.*/, "rings", name)
	sub(/^loop\/.*/, "loop", name)
	sub(/^testing\/.*/, "testing", name)
	sub(/^tool\/.*/, "tool", name)
	sub(/^types\/.*/, "types", name)
	if (name in room)
		return room[name]
	return name in sees ? name : ""
}

function check_public(header, from,    of)
{
	# C++ is a layer over all of it, and only C++ sees it.
	if (header ~ /\.hpp$/) {
		if (FILENAME !~ /\.(hpp|cpp)$/)
			wrong("C may not include <" header ">")
		else if (!exists("sdk/include/" header))
			wrong("<" header "> is no public header")
		return
	}
	of = public_room(header)
	if (!exists("sdk/include/" header))
		wrong("<" header "> is no public header")
	else if (of == "")
		wrong("<" header ">: say in tests/check/includes.awk which folder it belongs to")
	else if (from != "" && !user[from] && !has(sees[from], of) && !has(also[from], header))
		wrong(from " may not include <" header ">, which belongs to " of)
}

# Of files in sdk/src/verifier/ROOM/: which rooms they see.
function check_room(name,    from, of)
{
	split(FILENAME, from, "/")
	split(name, of, "/")
	if (from[5] == "" || of[3] == "" || of[1] != "verifier")
		return
	if (!(from[4] in within))
		wrong("no such room in the explainer: " from[4])
	else if (!has(within[from[4]], of[2]))
		wrong("verifier/" from[4] " may not include \"" name "\"")
}

# sdk/src/FOLDER/...
function check_library(folder, name, quoted,    of, parts, beside)
{
	if (!(folder in sees)) {
		wrong("no such folder in the house: " folder)
		return
	}
	if (quoted) {
		split(name, parts, "/")
		beside = FILENAME
		sub(/[^\/]*$/, "", beside)
		if (folder == "verifier")
			check_room(name)
		if (name in made)
			of = made[name]
		else if (name ~ /\.\./)
			wrong("name the folder instead: \"" name "\"")
		else if (exists(beside name))
			of = folder
		else if (exists("sdk/src/" name))
			of = parts[1]
		else
			wrong("\"" name "\" is neither beside it nor in another folder of sdk/src")
		if (of != "" && !has(sees[folder], of))
			wrong(folder " may not include \"" name "\", which belongs to " of)
		return
	}
	if (name ~ /^skep\/bpf\//)
		wrong("user space may not include <" name ">")
	else if (name ~ /^skep\//)
		check_public(name, folder)
	else if (folder == "base" && name ~ /^(bpf\/|libelf|gelf|zlib)/)
		wrong("base may not include <" name ">: it stands on libc alone")
	else if (name ~ /^(elfutils\/|dwarf\.h)/ && folder != "dwarf")
		wrong("<" name "> is for sdk/src/dwarf only")
	else if (name ~ /^cmocka/ && folder != "testing")
		wrong("<" name "> is for sdk/src/testing only")
	else if (name ~ /^(jansson|cjson|yaml|microhttpd|argp)/ &&
		 !(folder == "tool" && name ~ /^(jansson|argp)\.h$/))
		wrong("libskep needs libbpf, libelf and zlib only: not <" name ">")
}

function check_public_header(name, quoted,    self)
{
	self = FILENAME
	sub(/^sdk\/include\//, "", self)
	if (quoted)
		wrong("public headers include each other as <skep/...>: not \"" name "\"")
	else if (name ~ /^skep\/bpf\//)
		wrong("user space may not include <" name ">")
	else if (name ~ /^skep\//)
		check_public(name, self ~ /\.hpp$/ ? "" : public_room(self))
	else if (name ~ /^(bpf\/|libelf|gelf|elfutils\/|zlib|jansson)/ ||
		 (name ~ /^cmocka/ && self != "skep/testing.h"))
		wrong("public headers include libc, <linux/...> and each other: not <" name ">")
}

function check_bpf_header(name, quoted)
{
	# Of eBPF for Windows, which has no folder for it.
	if (name == "bpf_helpers.h" && FILENAME ~ /portable\/windows\.h$/)
		return
	if (quoted || name !~ /^(skep\/bpf\/.*|skep\/types(\/[a-z_]+)?\.h|bpf\/(bpf_[a-z_]*|usdt\.bpf)\.h|linux\/.*|std(bool|def)\.h)$/)
		wrong("BPF-side headers include <skep/bpf/...>, <skep/types.h>, <bpf/bpf_*.h>, " \
		      "<linux/...> and <stdbool.h>: not " name)
}

# gen and cli: what is beside them, and public headers.
function check_tool(folder, name, quoted)
{
	if (quoted && exists("sdk/" folder "/" name))
		return
	if (quoted && folder == "cli" && name == "gen.h")
		return
	if (quoted)
		wrong(folder " uses public headers" (folder == "cli" ? " and gen.h" : "") \
		      ": not \"" name "\"")
	else if (name ~ /^skep\//)
		check_public(name, "")
}

# Examples and templates are users: what is installed is all they have.
function check_user(name, quoted,    side)
{
	if (name !~ /^skep\//)
		return
	side = FILENAME ~ /\.bpf\.[ch]$/
	if (name ~ /^skep\/types(\/[a-z_]+)?\.h$/)
		return
	if (quoted)
		wrong("installed headers are included as <" name ">")
	else if (side && name !~ /^skep\/bpf\//)
		wrong("BPF programs may not include <" name ">")
	else if (!side && name ~ /^skep\/bpf\//)
		wrong("user space may not include <" name ">")
	else if (!exists((side ? "bpf-headers/" : "sdk/include/") name))
		wrong("there is no header <" name ">")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	quoted = $0 ~ /include[ \t]*"/
	name = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*[<"]/, "", name)
	sub(/[>"].*/, "", name)
	split(FILENAME, path, "/")
	if (FILENAME ~ /^sdk\/src\//)
		check_library(path[3], name, quoted)
	else if (FILENAME ~ /^sdk\/include\//)
		check_public_header(name, quoted)
	else if (FILENAME ~ /^bpf-headers\//)
		check_bpf_header(name, quoted)
	else if (FILENAME ~ /^sdk\/(gen|cli)\//)
		check_tool(path[2], name, quoted)
	else if (FILENAME ~ /^(examples|templates)\//)
		check_user(name, quoted)
}

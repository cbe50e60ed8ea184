#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# How explanations are shown to editors, CI sites and browsers: SARIF, annotations, JSON, the page.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

verifier=$SKEP_SOURCE_DIR/tests/verifier
corpus=$SKEP_SOURCE_DIR/tests/corpus
refused=$corpus/logs/6.12/index_off_by_one.log
pages=$SKEP_BUILD_DIR/tests/pages
export PYTHONDONTWRITEBYTECODE=1
# Debian's packages are for Debian's Python, whichever comes first in PATH.
python=/usr/bin/python3
[[ -x $python ]] || python=python3

# explained OUTPUT ARGUMENT...: a refusal, so the status is 1, and nothing is said besides.
explained()
{
	local out=$1 is=0

	shift
	"$skep" explain "$@" > "$out" 2> err || is=$?
	[[ $is -eq 1 && ! -s err ]] || { echo "status $is: $*"; cat err; return 1; }
}

# holds FILE EXPRESSION...: each is true of the diagnostics `d` in that JSON.
holds()
{
	"$python" -c 'if True:
		import json, sys
		d = json.load(open(sys.argv[1], encoding="utf-8"))["diagnostics"]
		wrong = [text for text in sys.argv[2:] if not eval(text)]
		sys.exit("\n".join(wrong) if wrong else 0)' "$@"
}

# hostile_log: names, sources and messages that want to be something else.
hostile_log()
{
	printf '%s\n' 'libbpf: prog '"'"'a,b:c%</title><img src=x onerror=pwned=1>'"'"': -- BEGIN PROG LOAD LOG --' \
		'0: R1=ctx() R10=fp0' \
		'; </script><img src=x onerror="pwned=1"> <!--<script> ]]> @ a b,c:%d</style>.c:7' \
		'0: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(<img src=x onerror=pwned=1>)' \
		'; ${{ x }} ::error::x %0A @ ../../../../../../../etc/passwd:1' \
		'1: (79) r1 = *(u64 *)(r0 +0)'
	printf "R0 invalid mem access '</pre><img src=x onerror=pwned=1>\r::error::\x9b\xc0\xaf'\n"
	echo 'processed 2 insns (limit 1000000) max_states_per_insn 0'
}

sarif_of_the_corpus_is_valid()
{
	local log name

	mkdir -p sarif
	for log in "$corpus"/logs/*/*.log; do
		name=${log#"$corpus"/logs/}
		"$skep" explain --format sarif -C "$corpus/programs" "$log" \
			> "sarif/${name//\//-}.sarif" || true
	done
	[[ $(find sarif -name '*.sarif' | wc -l) -gt 100 ]]
	"$python" "$verifier/check_sarif.py" "$verifier/sarif.schema.json" sarif/*.sarif
}

sarif_says_where_why_and_what()
{
	mkdir -p src/corpus
	cp "$corpus/programs/index_off_by_one.bpf.c" src/corpus
	(cd src && explained ../one.sarif -f sarif -C corpus "$refused")
	grep -q '"uri": "corpus/index_off_by_one.bpf.c"' one.sarif
	grep -q '"startLine": 29' one.sarif
	grep -q '"id": "SKEP-V104"' one.sarif
	grep -q '"name": "on_exec"' one.sarif
	grep -q '"executionOrder": 2' one.sarif
	# The same when lines were added above; another when the line is another.
	sed 's/bpf\.c:\([0-9]*\)/bpf.c:1\1/' "$refused" > moved.log
	explained moved.sarif -f sarif moved.log
	explained same.sarif -f sarif "$refused"
	cmp <(grep skepRefusal moved.sarif) <(grep skepRefusal same.sarif)
	sed 's/slots\[slot\]++/slots[slot]--/' "$refused" > changed.log
	explained changed.sarif -f sarif changed.log
	if cmp -s <(grep skepRefusal changed.sarif) <(grep skepRefusal same.sarif); then return 1; fi
}

sarif_uris_are_encoded()
{
	local here

	here=$(pwd -P)
	hostile_log > hostile.log
	sed 's,@ [^ ]*index,@ /abs dir/../x#y/index,' "$refused" > absolute.log
	sed "s,@ ,@ $here/in side/," "$refused" > inside.log
	explained hostile.sarif -f sarif hostile.log
	explained absolute.sarif -f sarif absolute.log
	explained inside.sarif -f sarif inside.log
	sed 's,@ ,@ ../up/,' "$refused" > above.log
	explained above.sarif -f sarif above.log
	"$python" "$verifier/check_sarif.py" "$verifier/sarif.schema.json" \
		hostile.sarif absolute.sarif inside.sarif above.sarif
	grep -q '"uri": "file:///x%23y/index_off_by_one.bpf.c"' absolute.sarif
	grep -q '"uri": "in%20side/index_off_by_one.bpf.c"' inside.sarif
	grep -q "\"uri\": \"file://${here%/*}/up/index_off_by_one.bpf.c\"" above.sarif
	lacks '"uri": "\.\.' above.sarif
}

# Nothing refused, and nothing understood.
sarif_without_results_is_valid()
{
	printf '0: (b7) r0 = 0\n1: (95) exit\nprocessed 2 insns (limit 1000000)\n' > accepted.log
	"$skep" explain -f sarif accepted.log > accepted.sarif
	echo nothing | "$skep" explain -f sarif - > unknown.sarif 2> err || true
	"$python" "$verifier/check_sarif.py" "$verifier/sarif.schema.json" accepted.sarif unknown.sarif
	grep -q '"executionSuccessful": true' accepted.sarif
	grep -q '"executionSuccessful": false' unknown.sarif
}

# A program that applies replacements as SARIF says makes the same as patch.
sarif_fixes_are_the_patch()
{
	rm -rf fixed
	mkdir fixed
	cp "$corpus/programs/index_off_by_one.bpf.c" fixed
	explained fix.sarif -f sarif -C fixed "$refused"
	"$python" "$verifier/check_sarif.py" --apply fix.sarif fixed/index_off_by_one.bpf.c > by_sarif.c
	explained fix.patch -f patch -C fixed "$refused"
	patch -s -p0 -d fixed < fix.patch
	cmp fixed/index_off_by_one.bpf.c by_sarif.c
	if cmp -s "$corpus/programs/index_off_by_one.bpf.c" by_sarif.c; then return 1; fi
}

the_check_of_sarif_can_fail()
{
	local change

	for change in 's/"ruleIndex": 0/"ruleIndex": 1/' 's/"startLine": 29/"startLine": 0/' \
		's/"version": "2.1.0"/"version": "2.0.0"/' 's/"uri": "index/"uri": "a b/' \
		's/"executionOrder": 1/"executionOrder": 3/' 's/"level"/"levle"/'; do
		explained whole.sarif -f sarif "$refused"
		sed "$change" whole.sarif > broken.sarif
		if "$python" "$verifier/check_sarif.py" "$verifier/sarif.schema.json" broken.sarif \
			> found; then
			echo "not noticed: $change"
			return 1
		fi
	done
}

annotations_are_one_line_each()
{
	mkdir -p sub/x
	explained github -f github -C sub/./x/.. "$refused"
	[[ $(wc -l < github) -eq 1 ]]
	grep -qE '^::error file=sub/index_off_by_one.bpf.c,line=29,title=SKEP-V104 map-value-bounds in on_exec::' github
	grep -q '%0A- line 23: ' github
	hostile_log > hostile.log
	explained github -f github hostile.log
	[[ $(wc -l < github) -eq 1 ]]
	lacks $'\r' github
	# Of the properties: no comma or colon but those between them; data: no bare %.
	sed -E 's/^::error ([^:]*)::.*/\1/; s/%[0-9A-F]{2}//g' github > properties
	[[ $(grep -o , properties | wc -l) -eq 2 ]]
	lacks '[:%]' properties
	sed 's/%25//g; s/%0[AD9]//g; s/%2C//g; s/%3A//g' github > rest
	lacks '%' rest
}

json_is_valid_whatever_the_log_is()
{
	hostile_log > hostile.log
	explained out.json -f json -v hostile.log
	holds out.json '"\ufffd" in d[0]["kernel_message"]' \
		'[s["insn"] for s in d[0]["story"]] == [0, 1]' \
		'd[0]["story"][0]["after"].startswith("R0=")'
	explained plain.json -f json hostile.log
	lacks '"story"' plain.json
}

json_has_all_programs()
{
	cat "$corpus/logs/6.12/null_lookup.log" "$refused" > several.log
	explained out.json -f json several.log
	holds out.json '[x["code"] for x in d] == ["SKEP-V001", "SKEP-V104"]' \
		'all(set("code name program kernel_message message".split()) <= set(x) for x in d)' \
		'all(set("primary causes explanation fixes confidence".split()) <= set(x) for x in d)'
}

text_respects_no_color()
{
	script -qec "NO_COLOR= TERM=xterm '$skep' explain '$refused'" /dev/null > with || true
	script -qec "NO_COLOR=1 TERM=xterm '$skep' explain '$refused'" /dev/null > without || true
	script -qec "TERM=dumb '$skep' explain '$refused'" /dev/null > dumb || true
	grep -q $'\033' with
	lacks $'\033' without
	lacks $'\033' dumb
}

pages_are_whole_in_themselves()
{
	mkdir -p "$pages"
	rm -f "$pages"/*
	explained "$pages/whole.html" -f html -C "$corpus/programs" "$refused"
	explained "$pages/quoted.html" -f html "$corpus/logs/6.1/null_one_path.log"
	grep -v '^;' "$refused" | sed '/^arg#0/d' > bare.log
	explained "$pages/bare.html" -f html bare.log
	explained "$pages/packet.html" -f html "$corpus/logs/6.12/packet_short_check.log"
	printf '%s\n' '0: R1=ctx() R10=fp0' '0: (85) call bpf_get_prandom_u32#7 ; R0=scalar()' \
		'1: (bf) r6 = r0 ; R0=scalar(id=1) R6=scalar(id=1)' \
		'2: (25) if r0 > 0x10 goto pc+1 ; R0=scalar(id=1,umax=16) R6=scalar(id=1,umax=16)' \
		'3: (71) r1 = *(u8 *)(r6 +0)' "R6 invalid mem access 'scalar'" \
		'processed 4 insns (limit 1000000)' > copy.log
	explained "$pages/copy.html" -f html copy.log
	explained "$pages/several.html" -f html several.log
	hostile_log > hostile.log
	explained "$pages/hostile.html" -f html hostile.log
	long_log > long.log
	explained "$pages/long.html" -f html long.log
	printf '%s\n' '0: R1=ctx() R10=fp0' '; return 0; @ x.bpf.c:7' '0: (b7) r0 = 0' '1: (95) exit' \
		'verification time 17 usec' 'stack depth 24' 'processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 3 peak_states 3 mark_read 1' |
		"$skep" explain -f html - > "$pages/accepted.html"
	printf '%s\n' '0: (85) call pc+4' 'caller:' ' R10=fp0' 'callee:' ' frame1: R1=ctx() R10=fp0' \
		'5: frame1: R1=ctx() R10=fp0' '5: (85) call bpf_get_prandom_u32#7 ; frame1: R0=scalar()' \
		'6: (7b) *(u64 *)(r10 -8) = r0 ; frame1: R0=scalar(id=1) fp-8=scalar(id=1)' \
		'7: (79) r0 = *(u64 *)(r10 -8) ; frame1: R0=scalar(id=1)' '8: (95) exit' \
		'returning from callee:' ' frame1: R0=scalar()' 'to caller at 1:' ' R0=scalar() R10=fp0' \
		'1: R0=scalar() R10=fp0' '1: (bf) r1 = r0 ; R0=scalar(id=1) R1=scalar(id=1)' \
		'2: (79) r1 = *(u64 *)(r1 +0)' "R1 invalid mem access 'scalar'" \
		'processed 7 insns (limit 1000000)' > frames.log
	explained "$pages/frames.html" -f html frames.log
	for page in "$pages"/*.html; do
		lacks '(src|href)=|@import|url\(|https?://' <(sed '/<title>/d; /<script type/d; /<pre id="plain"/,/<\/pre>/d' "$page")
		[[ $(grep -c '</script' "$page") -eq 2 ]]
		grep -q 'default-src .none.' "$page"
		grep -q '<pre id="plain">' "$page"
	done
	lacks '<img' "$pages/hostile.html"
}

# 24,000 instructions in rounds of a loop, then a refusal.
long_log()
{
	awk 'BEGIN {
		print "0: R1=ctx() R10=fp0"
		print "0: (b7) r1 = 0 ; R1=0"
		for (i = 0; i < 6000; i++) {
			print "; for (i = 0; i < n; i++) @ long.bpf.c:3"
			printf "1: (07) r1 += 1 ; R1=%d\n", i + 1
			print "2: (bf) r2 = r1 ; R1=" i + 1 " R2=" i + 1
			print "; sum += i; @ long.bpf.c:4"
			print "3: (0f) r3 += r2 ; R3=scalar()"
			print "4: (55) if r1 != 0x1770 goto pc-4 ; R1=" i + 1
		}
		print "; *p = 1; @ long.bpf.c:6"
		print "5: (79) r0 = *(u64 *)(r3 +0)"
		print "R3 invalid mem access '"'scalar'"'"
		print "processed 24002 insns (limit 1000000) max_states_per_insn 0"
	}'
}

# A log may name any file: the page has only sources that the log is of.
pages_quote_no_other_files()
{
	mkdir -p secret
	printf 'password\nhunter2\n' > secret/key.txt
	printf 'first line\nhunter2();\n' > secret/other.c
	sed 's,@ index_off_by_one.bpf.c,@ secret/key.txt,' "$refused" > names.log
	explained names.html -f html names.log
	lacks hunter2 names.html
	sed 's,@ index_off_by_one.bpf.c,@ secret/other.c,' "$refused" > names.log
	explained names.html -f html names.log
	lacks hunter2 names.html
	cp "$corpus/programs/index_off_by_one.bpf.c" secret/right.c
	sed 's,@ index_off_by_one.bpf.c,@ secret/right.c,' "$refused" > names.log
	explained names.html -f html names.log
	grep -q 'char LICENSE' names.html
}

claim "SARIF of every recorded log is valid" sarif_of_the_corpus_is_valid
claim "SARIF: places, rules, flows, and fingerprints that stay" sarif_says_where_why_and_what
claim "SARIF: strange and absolute names are proper URIs" sarif_uris_are_encoded
claim "SARIF: the replacements of a fix make what its patch makes" sarif_fixes_are_the_patch
claim "SARIF: also without results" sarif_without_results_is_valid
claim "the check of SARIF notices what is wrong" the_check_of_sarif_can_fail
claim "annotations: one line each, whatever a log says" annotations_are_one_line_each
claim "JSON is valid whatever a log says; -v adds the story" json_is_valid_whatever_the_log_is
claim "JSON has each of several programs" json_has_all_programs
claim "color: only on a terminal, and not with NO_COLOR" text_respects_no_color
claim "pages ask nothing of a network, and say it without scripts" pages_are_whole_in_themselves
claim "pages quote no file that the log is not of" pages_quote_no_other_files
if command -v chromedriver > /dev/null; then
	"$python" "$verifier/page.py" "$pages" "$number" > page.tap || failed=1
	cat page.tap
	number=$((number + $(grep -cE '^(not )?ok ' page.tap)))
else
	skip "the page in a browser" "there is no chromedriver"
fi
finish

#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What belongs to one person's machine or to one day's work is not in the tree. The expressions are
# written so that they do not match themselves.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Packages come from wherever the machine's own configuration says.
registries='(pypi|pythonhosted|rubygems|npmjs|crates|packagist|nuget)[.](org|io|com)'
registries+='|proxy[.]golang[.]org|(deb|ftp|ftp[.][a-z]+|security|snapshot)[.]debian[.]org'
registries+='|(archive|ports|security)[.]ubuntu[.]com|(docker|ghcr|quay|gcr)[.]io'
registries+='|dl-cdn[.]alpinelinux|mirrors?[.](fedoraproject|kernel)[.]org|repo1?[.]maven'
machines='(^|[^A-Za-z0-9_.$}*~-])/(work|root|home)/[A-Za-z0-9_.-]'
people='\<([Cc]laude|[Aa]nthropic|[Oo]pen[A]I|[Cc]hat[G]PT|[L]LMs?|[Ss]ub-?agents?)\>|[C]o-[Aa]uthored-[Bb]y'
people+='|shared/[D]ESIGN|\<[D]ESIGN\.md|\<issues [s]how\>|\<[s]ub-?session'

# matches REGEX WHAT
matches()
{
	files '' '^LICENSES/' | over grep -nIE -H -- "$1" | cut -c1-160 | sed "s/\$/   ($2)/" || true
}

claim no_host_of_a_package_registry_is_named matches "$registries" "a registry's host"
claim no_path_of_somebodys_machine_is_named matches "$machines" "a path of one machine"
claim nothing_tells_how_the_work_is_organised matches "$people" "says how the work is organised"
finish

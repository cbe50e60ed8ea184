# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	setpriv --reuid=65534 --clear-groups true
	unshare -U true
}

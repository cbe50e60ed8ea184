/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* execsnoop beside that of libbpf-tools. */
#include "execs.h"
#include "harness/machine.h"
#include "harness/test.h"
#include "peer.h"

#define TIMES 200

TEST_WITH(execsnoop_sees_the_programs_that_its_peer_sees, NULL, tool_teardown)
{
	static struct peer ours, theirs;
	char line[64];
	const char *path;

	require_root();
	peer_require("/usr/sbin/execsnoop", "libbpf-tools");
	path = exec_copy("");
	PEER_START(&ours, " COMM ", "execsnoop");
	PEER_START_OTHER(&theirs, "PCOMM", "/usr/bin/stdbuf", "-oL", "/usr/sbin/execsnoop");
	for (int i = 0; i < TIMES; i++)
		EXEC_RUN(.path = path);
	peer_stop(&ours);
	peer_stop(&theirs);
	/* Each has the name in a column, and the path behind it. */
	snprintf(line, sizeof(line), "%.15s ", exec_name(path));
	assert_int_equal(peer_count(&ours, line), TIMES);
	assert_int_equal(peer_count(&theirs, line), TIMES);
	peer_print("execsnoop", &ours, "libbpf-tools", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

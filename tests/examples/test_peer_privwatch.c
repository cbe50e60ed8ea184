/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* privwatch beside setuids.bt of bpftrace. */
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "peer.h"

#define TIMES 50

static void become(uid_t uid)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(syscall(SYS_setuid, uid) != 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The peer says that it is ready, and attaches afterwards. */
static bool sees(void *peer)
{
	struct stat before, after;

	assert_int_equal(stat(((struct peer *)peer)->tool.out, &before), 0);
	become(11111);
	tool_settle(&((struct peer *)peer)->tool);
	assert_int_equal(stat(((struct peer *)peer)->tool.out, &after), 0);
	return after.st_size > before.st_size;
}

TEST_WITH(privwatch_sees_the_users_that_its_peer_sees, NULL, tool_teardown)
{
	static struct peer ours, theirs;

	require_root();
	peer_require("/usr/sbin/setuids.bt", "bpftrace");
	PEER_START(&ours, " COMM ", "privwatch");
	PEER_START_OTHER(&theirs, "SYSCALL", "/usr/bin/bpftrace", "-B", "line",
			 "/usr/sbin/setuids.bt");
	assert_true(wait_until(sees, &theirs, 20000));
	for (int i = 0; i < TIMES; i++)
		become(12345);
	peer_stop(&ours);
	peer_stop(&theirs);
	assert_int_equal(peer_count(&ours, " uid 0->12345 "), TIMES);
	assert_int_equal(peer_count(&theirs, "uid=12345 (0)"), TIMES);
	peer_print("privwatch", &ours, "setuids.bt", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

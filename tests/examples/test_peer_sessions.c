/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* tcplife and tcpconnect beside tcplife and tcpstates of libbpf-tools. */
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "peer.h"
#include "sessions.h"

#define TIMES 20

/* A server that always has the same port plays it several times. */
static pid_t servers[TIMES];
static char ports[TIMES][2][16];

static void play(void)
{
	for (int i = 0; i < TIMES; i++) {
		servers[i] = sessions_play();
		for (int v = 0; v < 2; v++)
			snprintf(ports[i][v], sizeof(ports[i][v]), " %d ", server_ports[v]);
	}
}

/* Whether it is of this playing. */
static bool is_of(const char *line, int i)
{
	return strstr(line, ports[i][0]) || strstr(line, ports[i][1]);
}

/* Whether it is of any: two of them may have got the same port. */
static bool is_ours(const char *line)
{
	for (int i = 0; i < TIMES; i++)
		if (is_of(line, i))
			return true;
	return false;
}

/* Whether it is of a playing, and has its server's process. */
static bool is_of_server(const char *line)
{
	char pid[32];

	for (int i = 0; i < TIMES; i++) {
		snprintf(pid, sizeof(pid), "%d ", (int)servers[i]);
		if (is_of(line, i) && strstr(line, pid))
			return true;
	}
	return false;
}

/* How many lines with these words are of the kind. */
static unsigned long count(const struct peer *peer, const char *words,
			   bool (*is_counted)(const char *line))
{
	unsigned long sum = 0;

	for (const char *line = peer->tool.text; *line;
	     line += strcspn(line, "\n"), line += !!*line) {
		char text[512];

		snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
		sum += strstr(text, words) && is_counted(text);
	}
	return sum;
}

TEST_WITH(tcplife_sees_the_sessions_that_its_peer_sees, NULL, tool_teardown)
{
	static struct peer ours, theirs;

	peer_require("/usr/sbin/tcplife", "libbpf-tools");
	sessions_make_network();
	PEER_START(&ours, " COMM ", "tcplife");
	PEER_START_OTHER(&theirs, " COMM ", "/usr/bin/stdbuf", "-oL", "/usr/sbin/tcplife");
	play();
	peer_stop(&ours);
	peer_stop(&theirs);
	assert_int_equal(count(&ours, "", is_ours), 2UL * SESSIONS * TIMES);
	assert_int_equal(count(&theirs, "", is_ours), 2UL * SESSIONS * TIMES);
	/* A session that its server closes first ends in an interrupt of the client. */
	assert_int_equal(count(&ours, "", is_of_server), SESSIONS * TIMES);
	print_message("# of %d sessions that were accepted the peer knows the process of %lu\n",
		      SESSIONS * TIMES, count(&theirs, "", is_of_server));
	peer_print("tcplife", &ours, "libbpf-tools", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

TEST_WITH(tcpconnect_sees_the_connections_that_its_peer_sees, NULL, tool_teardown)
{
	static struct peer ours, theirs;

	peer_require("/usr/sbin/tcpstates", "libbpf-tools");
	sessions_make_network();
	PEER_START(&ours, " COMM ", "tcpconnect");
	PEER_START_OTHER(&theirs, " COMM ", "/usr/bin/stdbuf", "-oL", "/usr/sbin/tcpstates");
	play();
	peer_stop(&ours);
	peer_stop(&theirs);
	assert_int_equal(count(&ours, "", is_ours), SESSIONS * TIMES);
	assert_int_equal(count(&theirs, "SYN_SENT    -> ESTABLISHED", is_ours), SESSIONS * TIMES);
	peer_print("tcpconnect", &ours, "tcpstates", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

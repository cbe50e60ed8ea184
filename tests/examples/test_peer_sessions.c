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

/* How many lines have all of these words. */
static unsigned long count_all(const struct peer *peer, const char *a, const char *b)
{
	unsigned long count = 0;

	for (const char *line = peer->tool.text; *line;
	     line += strcspn(line, "\n"), line += !!*line) {
		char text[512];

		snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
		count += strstr(text, a) && strstr(text, b);
	}
	return count;
}

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

/* Of all that were played: lines with a port of a server, and with `words`. */
static unsigned long count(const struct peer *peer, const char *words)
{
	unsigned long sum = 0;

	for (int i = 0; i < TIMES; i++)
		for (int v = 0; v < 2; v++)
			sum += count_all(peer, ports[i][v], words);
	return sum;
}

/* The side that accepted: its line has its port before the other's. */
static unsigned long count_servers(const struct peer *peer)
{
	unsigned long sum = 0;

	for (int i = 0; i < TIMES; i++) {
		char pid[32];

		snprintf(pid, sizeof(pid), "%d ", (int)servers[i]);
		for (int v = 0; v < 2; v++)
			sum += count_all(peer, ports[i][v], pid);
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
	assert_int_equal(count(&ours, ""), 2UL * SESSIONS * TIMES);
	assert_int_equal(count(&theirs, ""), 2UL * SESSIONS * TIMES);
	/* A session that its server closes first ends in an interrupt of the client. */
	assert_int_equal(count_servers(&ours), SESSIONS * TIMES);
	print_message("# of %d sessions that were accepted the peer knows the process of %lu\n",
		      SESSIONS * TIMES, count_servers(&theirs));
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
	assert_int_equal(count(&ours, ""), SESSIONS * TIMES);
	assert_int_equal(count(&theirs, "SYN_SENT    -> ESTABLISHED"), SESSIONS * TIMES);
	peer_print("tcpconnect", &ours, "tcpstates", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

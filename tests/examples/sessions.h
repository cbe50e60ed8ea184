/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* TCP sessions of known size between two processes, for the tools that watch them. */
#ifndef SKEP_TESTS_EXAMPLES_SESSIONS_H
#define SKEP_TESTS_EXAMPLES_SESSIONS_H

#include <stdbool.h>
#include <sys/types.h>

struct session {
	int family;         /* AF_INET or AF_INET6 */
	long long up, down; /* bytes from client to server, and back */
	bool server_closes; /* first */
	bool reset;         /* the client ends it with RST */
	int client_port;    /* found out by running it */
};

#define SESSIONS 5

extern struct session sessions[SESSIONS];
extern int server_ports[2]; /* of IPv4, IPv6 */

/* The process is in a network namespace of its own, with a loopback interface. */
void sessions_make_network(void);

/* Plays them all, this process being the client; returns the server's id, which has ended. */
pid_t sessions_play(void);

int session_server_port(const struct session *session);

/* A socket on loopback, bound to any port, and the port. */
int socket_bound(int family, int type, int *port);

#endif

/* SPDX-License-Identifier: 0BSD */
/*
 * Runs the program as its unit says: as nobody, with the capabilities that stand there and no others.
 * Then listens on a port, and looks for the line of JSON.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "listen.skep.h"

#define EXIT_SKIPPED 77

static pid_t service;
static FILE *journal;

/* "CAP_BPF CAP_PERFMON" of the unit, as setpriv(1) wants it: "+bpf,+perfmon". */
static void read_capabilities(char *to, size_t room)
{
	char line[256], *word;
	FILE *unit = fopen(UNIT, "r");

	assert_non_null(unit);
	to[0] = '\0';
	while (fgets(line, sizeof(line), unit)) {
		if (strncmp(line, "AmbientCapabilities=", 20))
			continue;
		for (word = strtok(line + 20, " \n"); word; word = strtok(NULL, " \n")) {
			size_t used = strlen(to);

			snprintf(to + used, room - used, "%s+%s", used ? "," : "", word + 4);
		}
	}
	fclose(unit);
	for (; *to; to++)
		if (*to >= 'A' && *to <= 'Z')
			*to = (char)(*to + ('a' - 'A'));
}

static int start_service(void **state)
{
	char capabilities[128], inherited[160], ambient[160], line[512];
	int out[2];

	(void)state;
	read_capabilities(capabilities, sizeof(capabilities));
	snprintf(inherited, sizeof(inherited), "--inh-caps=-all,%s", capabilities);
	snprintf(ambient, sizeof(ambient), "--ambient-caps=-all,%s", capabilities);
	if (pipe(out))
		return -1;
	service = fork();
	if (!service) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		execlp("setpriv", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
		       inherited, ambient, PROGRAM, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	journal = fdopen(out[0], "r");
	return fgets(line, sizeof(line), journal) && strstr(line, "\"started\"") ? 0 : -1;
}

static int stop_service(void **state)
{
	int status;

	(void)state;
	kill(service, SIGTERM);
	waitpid(service, &status, 0);
	fclose(journal);
	return status; /* it ends well by SIGTERM */
}

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(here);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &length), 0);
	*port = ntohs(here.sin_port);
	return fd;
}

static void a_port_that_listens_is_a_line_with_who_did_it(void **state)
{
	char line[512] = "", wanted[256];
	uint16_t port;
	int fd = listen_somewhere(&port);

	(void)state;
	snprintf(
		wanted, sizeof(wanted),
		"{\"event\":\"listen\",\"address\":\"127.0.0.1\",\"port\":%u,\"pid\":%d,\"uid\":%d,"
		"\"comm\":\"test_listen\"}\n",
		port, getpid(), getuid());
	while (fgets(line, sizeof(line), journal))
		if (!strcmp(line, wanted))
			break; /* others may listen, too */
	assert_string_equal(line, wanted);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_that_listens_is_a_line_with_who_did_it),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	alarm(30); /* a line that does not come is a failure, too */
	return cmocka_run_group_tests(tests, start_service, stop_service);
}

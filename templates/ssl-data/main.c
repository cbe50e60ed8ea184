/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [LIBRARY [PID]]` prints what programs send and receive by TLS, as they see it,
 * until Ctrl-C. LIBRARY is libssl.so.3, or a program that has it inside.
 */
#include <ctype.h>
#include <stdio.h>

#include <skep/skep.h>

#include "tls.skep.h"
#include "watch.h"

/* Text as it is, indented; of the rest, a dot for each byte. */
static void print_data(const unsigned char *data, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++) {
		if (!i || data[i - 1] == '\n')
			fputs("    ", stdout);
		if (data[i] == '\n' || isprint(data[i]))
			putchar(data[i]);
		else if (data[i] != '\r')
			putchar('.');
	}
	if (bytes && data[bytes - 1] != '\n')
		putchar('\n');
}

static int print(const struct tls_event *e, size_t size, void *ctx)
{
	(void)size;
	(void)ctx;
	printf("%s %u %#llx %s %llu bytes", e->comm, e->pid, (unsigned long long)e->connection,
	       e->function & IS_WRITE ? "sends" : "receives", (unsigned long long)e->bytes);
	printf(e->kept < e->bytes ? ", cut after %u\n" : "\n", e->kept);
	print_data(e->data, e->kept);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(tls) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *calls = NULL;
	SKEP_AUTO(skep_link) *returns = NULL;
	const char *library = argc > 1 ? argv[1] : "libssl.so.3";
	struct skep_ring_stats stats;
	int pid = 0;

	if (argc > 3) {
		fprintf(stderr, "Usage: @NAME@ [LIBRARY [PID]]\n");
		return 2;
	}
	if ((argc > 2 && skep_number(argv[2], 1, SKEP_PID_MOST, &pid)) || tls_open(&app, NULL) ||
	    tls_load(app) || skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    tls_on_events(app, loop, print, NULL) || watch(&calls, &returns, app, library, pid) ||
	    skep_loop_run(loop))
		return skep_perror("@NAME@");
	skep_ring_stats(skep_loop_ring(loop, "events"), &stats);
	if (stats.dropped)
		fprintf(stderr, "@NAME@: %llu calls are missing: there was no room for them\n",
			(unsigned long long)stats.dropped);
	return 0;
}

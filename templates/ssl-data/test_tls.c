/* SPDX-License-Identifier: 0BSD */
/*
 * Has a real TLS session over loopback, both ends in this process, with a certificate made now. What is
 * reported is what was said; and what went over the wire was not that.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "tls.skep.h"
#include "watch.h"

#define EXIT_SKIPPED 77
#define LONG_BYTES   10000
#define REPORTS      9

static const char question[] = "GET /secret HTTP/1.1\r\n\r\n",
		  answer[] = "it is 42, but nobody knows";
static const char more[] = "and what was the question?";
static const char within[] = "sent while something else is received";
static char long_answer[LONG_BYTES];

/* What is reported of a session, to be seen once each. */
static struct {
	const SSL *connection;
	uint32_t function;
	const char *data;
	size_t bytes;
	int seen;
} expected[REPORTS];

static SSL_CTX *server_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();

	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return context;
}

/* Two ends of a connection over loopback, in a network namespace of our own. */
static void connect_both(int fds[2])
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	socklen_t size = sizeof(here);
	int listener;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(ioctl(listener, SIOCSIFFLAGS, &up), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &size), 0);
	assert_int_equal(connect(fds[0], (struct sockaddr *)&here, sizeof(here)), 0);
	fds[1] = accept(listener, NULL, NULL);
	assert_true(fds[1] >= 0);
	close(listener);
}

/* Two ends of a connection that does not leave this process's memory. */
static void connect_in_memory(SSL *client, SSL *server)
{
	int done = 0;
	BIO *one, *two;

	assert_int_equal(BIO_new_bio_pair(&one, 0, &two, 0), 1);
	SSL_set_bio(client, one, one);
	SSL_set_bio(server, two, two);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	for (int i = 0; i < 10 && done < 2; i++)
		done = (SSL_do_handshake(client) == 1) + (SSL_do_handshake(server) == 1);
	assert_int_equal(done, 2);
}

/* Sends by another connection in the middle of receiving by this one, as TLS within TLS does; once. */
static long send_within(BIO *bio, int operation, const char *data, size_t size, int number,
			long argument, int result, size_t *bytes)
{
	SSL *other = (SSL *)BIO_get_callback_arg(bio);

	(void)data;
	(void)size;
	(void)number;
	(void)argument;
	(void)bytes;
	if (operation == BIO_CB_READ && other) {
		BIO_set_callback_arg(bio, NULL);
		assert_int_equal(SSL_write(other, within, sizeof(within)), sizeof(within));
	}
	return result;
}

/* 0: all went as it should. */
static void *serve(void *connection)
{
	char data[256];
	size_t bytes;

	if (SSL_accept(connection) != 1 ||
	    SSL_read(connection, data, sizeof(data)) != sizeof(question) ||
	    !SSL_write_ex(connection, answer, sizeof(answer), &bytes) ||
	    !SSL_read_ex(connection, data, sizeof(data), &bytes) || bytes != sizeof(more) ||
	    SSL_write(connection, long_answer, LONG_BYTES) != LONG_BYTES)
		return "the server's calls failed";
	SSL_shutdown(connection);
	return NULL;
}

static void ask(SSL *connection, int fd, SSL *other)
{
	char data[LONG_BYTES], wire[1024];
	size_t bytes;
	ssize_t on_wire;

	assert_int_equal(SSL_connect(connection), 1);
	assert_int_equal(SSL_write(connection, question, sizeof(question)), sizeof(question));
	on_wire = recv(fd, wire, sizeof(wire), MSG_PEEK);
	assert_true(on_wire > (ssize_t)sizeof(answer));
	assert_null(memmem(wire, (size_t)on_wire, "nobody knows", 12));
	assert_int_equal(SSL_read_ex(connection, data, sizeof(data), &bytes), 1);
	assert_int_equal(bytes, sizeof(answer));
	assert_int_equal(SSL_write_ex(connection, more, sizeof(more), &bytes), 1);
	BIO_set_callback_arg(SSL_get_rbio(connection), (char *)other);
	BIO_set_callback_ex(SSL_get_rbio(connection), send_within);
	assert_int_equal(SSL_read(connection, data, LONG_BYTES), LONG_BYTES);
	assert_true(SSL_read(connection, data, LONG_BYTES) <= 0); /* the end: nothing to report */
}

static void expect(int i, const SSL *connection, uint32_t function, const char *data, size_t bytes)
{
	expected[i].connection = connection;
	expected[i].function = function;
	expected[i].data = data;
	expected[i].bytes = bytes;
}

static void talk(void)
{
	SSL_CTX *contexts[] = { SSL_CTX_new(TLS_client_method()), server_context() };
	SSL *client = SSL_new(contexts[0]), *server = SSL_new(contexts[1]);
	SSL *other = SSL_new(contexts[0]), *other_end = SSL_new(contexts[1]);
	pthread_t thread;
	void *wrong;
	int fds[2];

	connect_in_memory(other, other_end);
	connect_both(fds);
	SSL_set_fd(client, fds[0]);
	SSL_set_fd(server, fds[1]);
	expect(0, client, IS_WRITE, question, sizeof(question));
	expect(1, server, 0, question, sizeof(question));
	expect(2, server, IS_WRITE | IS_EX, answer, sizeof(answer));
	expect(3, client, IS_EX, answer, sizeof(answer));
	expect(4, client, IS_WRITE | IS_EX, more, sizeof(more));
	expect(5, server, IS_EX, more, sizeof(more));
	expect(6, server, IS_WRITE, long_answer, LONG_BYTES);
	expect(7, client, 0, long_answer, LONG_BYTES);
	expect(8, other, IS_WRITE, within, sizeof(within));
	assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
	ask(client, fds[0], other);
	pthread_join(thread, &wrong);
	assert_null(wrong);
	SSL_free(client);
	SSL_free(server);
	SSL_free(other);
	SSL_free(other_end);
	SSL_CTX_free(contexts[0]);
	SSL_CTX_free(contexts[1]);
	close(fds[0]);
	close(fds[1]);
}

static void check(const struct tls_event *e)
{
	size_t kept = e->bytes < DATA_BYTES ? e->bytes : DATA_BYTES;
	int i = 0;

	while (i < REPORTS && (e->connection != (uintptr_t)expected[i].connection ||
			       e->function != expected[i].function))
		i++;
	assert_in_range(i, 0, REPORTS - 1);
	expected[i].seen++;
	assert_int_equal(e->pid, getpid());
	assert_string_equal(e->comm, "test_tls");
	assert_int_equal(e->bytes, expected[i].bytes);
	assert_int_equal(e->kept, kept);
	assert_memory_equal(e->data, expected[i].data, kept);
}

static void what_both_ends_say_is_reported_in_plain_text_by_each_kind_of_call(void **state)
{
	SKEP_AUTO(tls) *app = NULL;
	SKEP_AUTO(skep_link) *calls = NULL;
	SKEP_AUTO(skep_link) *returns = NULL;
	tls_events_ring events;
	int err;

	(void)state;
	for (int i = 0; i < LONG_BYTES; i++)
		long_answer[i] = (char)(i % 251);
	if (tls_open(&app, NULL) || tls_load(app) || tls_open_events(app, &events, NULL) ||
	    watch(&calls, &returns, app, "libssl.so.3", getpid()))
		fail_msg("%s", skep_error_last()->message);
	talk();
	skep_ring_foreach(events, e, 0, &err)
		check(e);
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	for (int i = 0; i < REPORTS; i++)
		assert_int_equal(expected[i].seen, 1);
}

/* Whether this kernel has uprobes; says so if not. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_UPROBE);

	if (!geteuid() && finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", geteuid() ? "needs root" : finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_both_ends_say_is_reported_in_plain_text_by_each_kind_of_call),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Captures: what was written is read, and what is broken is said so. */
#include "harness/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include <skep/testing.h>

#include "samples.h"

static const char *path_of(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", test_tmpdir(), name);
	return path;
}

static void write_samples(const char *path)
{
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;

	skep_assert_ok(skep_pcap_writer_new(&writer, path, NULL));
	for (size_t i = 0; i < sample_count; i++) {
		SKEP_AUTO(skep_packet) *packet = NULL;

		skep_assert_ok(sample_build(&packet, &samples[i]));
		skep_assert_ok(skep_pcap_writer_add(writer, packet, 1000000007u * (i + 1)));
	}
	skep_assert_ok(skep_pcap_writer_flush(writer));
}

TEST(packets_that_were_written_are_read_with_their_times)
{
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	SKEP_AUTO(skep_packet) *none = NULL;
	const char *path = path_of("samples.pcap");

	write_samples(path);
	skep_assert_ok(skep_pcap_open(&pcap, path, NULL));
	assert_int_equal(skep_pcap_link_type(pcap), 1);
	for (size_t i = 0; i < sample_count; i++) {
		SKEP_AUTO(skep_packet) *packet = NULL, *expected = NULL;

		skep_assert_ok(skep_pcap_next(pcap, &packet));
		skep_assert_ok(sample_build(&expected, &samples[i]));
		skep_assert_packet(packet, expected);
		assert_int_equal(skep_packet_time_ns(packet), 1000000007u * (i + 1));
	}
	skep_assert_error(skep_pcap_next(pcap, &none), ENODATA);
	skep_assert_error(skep_pcap_next(pcap, &none), ENODATA);
	assert_null(none);
}

/* A file of these bytes. */
static const char *file_of(const char *name, const void *data, size_t bytes)
{
	const char *path = path_of(name);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
	return path;
}

struct head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, digits, most, link;
	uint32_t seconds, parts, bytes, wire;
	unsigned char data[20];
};

static const struct head good = {
	.magic = 0xa1b2c3d4,
	.major = 2,
	.minor = 4,
	.most = 65535,
	.link = 1,
	.seconds = 5,
	.parts = 7,
	.bytes = 20,
	.wire = 1500,
	.data = { 1, 2, 3 },
};

/* Of a broken file: the errno of opening it, or else of reading its first record. */
static int error_of(const struct head *head, size_t bytes, const struct skep_pcap_opts *opts)
{
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	SKEP_AUTO(skep_packet) *packet = NULL;
	int err = skep_pcap_open(&pcap, file_of("broken.pcap", head, bytes), opts);

	if (!err)
		err = skep_pcap_next(pcap, &packet);
	assert_true(!err == (packet != NULL));
	if (err)
		assert_int_equal(skep_error_last()->code, -err);
	return err;
}

TEST(micro_and_nanoseconds_and_short_captures_are_read)
{
	static const struct {
		uint32_t magic;
		uint64_t ns;
	} kinds[] = { { 0xa1b2c3d4, 5000007000 }, { 0xa1b23c4d, 5000000007 } };

	for (size_t i = 0; i < 2; i++) {
		SKEP_AUTO(skep_pcap) *pcap = NULL;
		SKEP_AUTO(skep_packet) *packet = NULL;
		struct head head = good;

		head.magic = kinds[i].magic;
		skep_assert_ok(
			skep_pcap_open(&pcap, file_of("kind.pcap", &head, sizeof(head)), NULL));
		skep_assert_ok(skep_pcap_next(pcap, &packet));
		assert_int_equal(skep_packet_time_ns(packet), kinds[i].ns);
		assert_int_equal(skep_packet_bytes(packet), 20);
		assert_int_equal(skep_packet_wire_bytes(packet), 1500);
		assert_int_equal(skep_packet_data(packet)[2], 3);
	}
}

TEST(captures_of_the_other_byte_order_are_read)
{
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	SKEP_AUTO(skep_packet) *packet = NULL;
	struct head head = good;
	uint32_t *words[] = { &head.magic, &head.most,  &head.link, &head.seconds,
			      &head.parts, &head.bytes, &head.wire };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		*words[i] = __builtin_bswap32(*words[i]);
	head.major = __builtin_bswap16(head.major);
	head.minor = __builtin_bswap16(head.minor);
	skep_assert_ok(skep_pcap_open(&pcap, file_of("other.pcap", &head, sizeof(head)), NULL));
	skep_assert_ok(skep_pcap_next(pcap, &packet));
	assert_int_equal(skep_packet_time_ns(packet), 5000007000);
	assert_int_equal(skep_packet_bytes(packet), 20);
	assert_int_equal(skep_packet_wire_bytes(packet), 1500);
}

TEST(file_cut_off_anywhere_gives_an_error_and_no_packet)
{
	for (size_t n = 0; n < sizeof(good); n++) {
		int err = error_of(&good, n, NULL);

		if (n == 24)
			assert_int_equal(err, -ENODATA); /* no record, and none begun */
		else
			assert_int_equal(err, n < 24 ? -EINVAL : -EBADMSG);
	}
	assert_int_equal(error_of(&good, sizeof(good), NULL), 0);
}

TEST(what_is_no_capture_of_ethernet_is_refused)
{
	const struct skep_pcap_opts any = { .sz = sizeof(any), .any_link = true };
	struct head head = good;

	head.magic = 0x12345678;
	assert_int_equal(error_of(&head, sizeof(head), NULL), -EINVAL);
	head = good;
	head.major = 77;
	assert_int_equal(error_of(&head, sizeof(head), NULL), -EINVAL);
	head = good;
	head.link = 113; /* of tcpdump -i any */
	assert_int_equal(error_of(&head, sizeof(head), NULL), -EPROTOTYPE);
	assert_non_null(strstr(skep_error_last()->message, "LINUX_SLL"));
	assert_non_null(strstr(skep_error_last()->hint, "any_link"));
	assert_int_equal(error_of(&head, sizeof(head), &any), 0);
	head = good;
	head.bytes = 0x7fffffff;
	assert_int_equal(error_of(&head, sizeof(head), NULL), -EBADMSG);
	head.bytes = 0xffffffff;
	assert_int_equal(error_of(&head, sizeof(head), NULL), -EBADMSG);
}

TEST(raw_ip_is_its_own_link_type)
{
	const struct skep_pcap_opts raw = { .sz = sizeof(raw), .link = SKEP_PCAP_RAW };
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;
	SKEP_AUTO(skep_packet) *packet = NULL, *back = NULL;
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	const char *path = path_of("raw.pcap");

	skep_assert_ok(skep_packet_build(&packet, SKEP_IPV6(), SKEP_UDP(.dst = 53)));
	skep_assert_ok(skep_pcap_writer_new(&writer, path, &raw));
	skep_assert_ok(skep_pcap_writer_add(writer, packet, 0));
	skep_pcap_writer_free(SKEP_TAKE(writer));
	skep_assert_error(skep_pcap_open(&pcap, path, NULL), EPROTOTYPE);
	skep_assert_ok(skep_pcap_open(&pcap, path, &raw));
	assert_int_equal(skep_pcap_link_type(pcap), 101);
	skep_assert_ok(skep_pcap_next(pcap, &back));
	skep_assert_packet(back, packet);
	assert_int_equal(skep_packet_time_ns(back), 0);
}

TEST(files_that_cannot_be_opened_are_named)
{
	const struct skep_pcap_opts foreign = { .sz = sizeof(foreign),
						.link = (enum skep_pcap_link)9 },
				    unset = { .any_link = true };
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	const char *path = path_of("pipe");

	assert_int_equal(mkfifo(path, 0600), 0);
	skep_assert_error(skep_pcap_open(&pcap, path, NULL), EINVAL);
	assert_non_null(strstr(skep_error_last()->message, "is no regular file"));
	skep_assert_error(skep_pcap_open(&pcap, test_tmpdir(), NULL), EINVAL);
	skep_assert_error(skep_pcap_open(&pcap, "/nonexistent", NULL), ENOENT);
	skep_assert_error(skep_pcap_open(&pcap, NULL, NULL), EINVAL);
	skep_assert_error(skep_pcap_open(NULL, "/nonexistent", NULL), EINVAL);
	skep_assert_error(skep_pcap_open(&pcap, "/dev/null", &foreign), EINVAL);
	skep_assert_error(skep_pcap_open(&pcap, "/dev/null", &unset), EINVAL);
	skep_assert_error(skep_pcap_next(NULL, NULL), EINVAL);
	skep_assert_error(skep_pcap_writer_new(&writer, "/nonexistent/x", NULL), ENOENT);
	skep_assert_error(skep_pcap_writer_new(&writer, test_tmpdir(), NULL), EISDIR);
	skep_assert_error(skep_pcap_writer_new(&writer, NULL, NULL), EINVAL);
	skep_assert_error(skep_pcap_writer_add(NULL, NULL, 0), EINVAL);
	skep_assert_error(skep_pcap_writer_flush(NULL), EINVAL);
	skep_pcap_free(NULL);
	skep_pcap_writer_free(NULL);
	assert_null(pcap);
	assert_null(writer);
}

TEST(full_disk_is_told)
{
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;
	SKEP_AUTO(skep_packet) *packet = NULL;

	if (access("/dev/full", W_OK))
		test_skip("there is no /dev/full");
	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_FILL(10000)));
	skep_assert_ok(skep_pcap_writer_new(&writer, "/dev/full", NULL));
	skep_assert_error(skep_pcap_writer_add(writer, packet, 1),
			  ENOSPC); /* longer than a buffer */
	skep_assert_error(skep_pcap_writer_flush(writer), ENOSPC);
	skep_pcap_writer_free(SKEP_TAKE(writer));
	skep_assert_ok(skep_packet_cut(packet, 100));
	skep_assert_ok(skep_pcap_writer_new(&writer, "/dev/full", NULL));
	skep_assert_ok(skep_pcap_writer_add(writer, packet, 1));
	skep_assert_error(skep_pcap_writer_flush(writer), ENOSPC);
}

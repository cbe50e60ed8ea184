// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Captures, by libpcap. */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skep/testing/pcap.h>

#include "base/opts.h"
#include "testing/options.h"
#include "testing/packet/build.h"

#define SECOND_NS UINT64_C(1000000000)

struct skep_pcap {
	pcap_t *pcap;
	char *path;
	uint64_t record;
};

struct skep_pcap_writer {
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	char *path;
	int failed; /* the errno of what could not be written */
};

static int no_memory(void)
{
	return skep_error_set(ENOMEM, NULL, "no memory");
}

static int cannot(const char *verb, const char *path, int code)
{
	const char *hint = NULL;

	if (code == ENOENT)
		hint = "check the path";
	else if (code == EACCES)
		hint = "look at the permissions of the file and its folder";
	else if (code == ENOSPC)
		hint = "make room on the disk";
	return skep_error_set(code, hint, "cannot %s the capture %s: %s", verb, path,
			      strerror(code));
}

static int check(const char *path, const struct skep_pcap_opts *opts, const char *what)
{
	int err = skep_test_opts_check(opts, sizeof(*opts), what);

	if (!err && !path)
		err = skep_error_set(EINVAL, "name a file", "%s: the path is NULL", what);
	if (!err && (unsigned)SKEP_OPT(opts, link) > SKEP_PCAP_RAW)
		err = skep_error_set(EINVAL, "take one of enum skep_pcap_link",
				     "%s: there is no link type %d", what,
				     (int)SKEP_OPT(opts, link));
	return err;
}

static int dlt_of(const struct skep_pcap_opts *opts)
{
	return SKEP_OPT(opts, link) == SKEP_PCAP_RAW ? DLT_RAW : DLT_EN10MB;
}

/* A pipe without a writer would block for ever. */
static int open_file(FILE **out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return cannot("open", path, errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return skep_error_set(EINVAL, "name a file of tcpdump or Wireshark",
				      "%s is no regular file", path);
	}
	*out = fdopen(fd, "rb");
	if (*out)
		return 0;
	close(fd);
	return no_memory();
}

static int check_link(const struct skep_pcap *pcap, const struct skep_pcap_opts *opts)
{
	int found = pcap_datalink(pcap->pcap), wanted = dlt_of(opts);
	const char *name = pcap_datalink_val_to_name(found);

	if (SKEP_OPT(opts, any_link) || found == wanted)
		return 0;
	return skep_error_set(
		EPROTOTYPE,
		wanted == DLT_EN10MB ? "capture on one Ethernet interface (not on 'any'), or "
				       "take it as it is with `.any_link`"
				     : "open it without `.link`, or with `.any_link`",
		"%s has packets of link type %s (%d), not %s", pcap->path, name ? name : "unknown",
		found, wanted == DLT_EN10MB ? "Ethernet" : "raw IP");
}

int skep_pcap_open(struct skep_pcap **out, const char *path, const struct skep_pcap_opts *opts)
{
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	char words[PCAP_ERRBUF_SIZE] = "";
	FILE *file = NULL;
	int err = check(path, opts, "skep_pcap_open");

	if (!err && !out)
		err = skep_error_set(EINVAL, NULL, "skep_pcap_open: out is NULL");
	if (!err)
		err = open_file(&file, path);
	if (err)
		return err;
	pcap = calloc(1, sizeof(*pcap));
	if (pcap)
		pcap->path = strdup(path);
	if (!pcap || !pcap->path) {
		fclose(file);
		return no_memory();
	}
	pcap->pcap =
		pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, words);
	if (!pcap->pcap) {
		fclose(file);
		return skep_error_set(EINVAL, "give a file of tcpdump -w, or of Wireshark",
				      "%s is no capture: %s", path, words);
	}
	err = check_link(pcap, opts);
	if (!err)
		*out = SKEP_TAKE(pcap);
	return err;
}

int skep_pcap_next(struct skep_pcap *pcap, struct skep_packet **out)
{
	const unsigned char *data;
	struct pcap_pkthdr *header;
	struct skep_packet *packet;
	int got, err;

	if (!pcap || !out)
		return skep_error_set(EINVAL, NULL, "skep_pcap_next: %s is NULL",
				      pcap ? "out" : "the capture");
	got = pcap_next_ex(pcap->pcap, &header, &data);
	if (got == PCAP_ERROR_BREAK)
		return skep_error_set(ENODATA, NULL, "%s ends after %llu packets", pcap->path,
				      (unsigned long long)pcap->record);
	pcap->record++;
	if (got != 1)
		return skep_error_set(EBADMSG, "what was read until then is good; capture it again",
				      "%s: record %llu: %s", pcap->path,
				      (unsigned long long)pcap->record, pcap_geterr(pcap->pcap));
	if (header->caplen > SKEP_PACKET_MAX)
		return skep_error_set(EBADMSG, "capture it again with a shorter snapshot length",
				      "%s: record %llu has %u bytes", pcap->path,
				      (unsigned long long)pcap->record, header->caplen);
	err = skep_packet_from(&packet, data, header->caplen);
	if (err)
		return err;
	packet->wire_bytes = header->len;
	packet->time_ns = (uint64_t)header->ts.tv_sec * SECOND_NS + (uint64_t)header->ts.tv_usec;
	*out = packet;
	return 0;
}

int skep_pcap_link_type(const struct skep_pcap *pcap)
{
	/* libpcap's numbers differ from those in files for raw IP alone. */
	int found = pcap ? pcap_datalink(pcap->pcap) : 0;

	return found == DLT_RAW ? 101 : found;
}

void skep_pcap_free(struct skep_pcap *pcap)
{
	if (!pcap)
		return;
	if (pcap->pcap)
		pcap_close(pcap->pcap);
	free(pcap->path);
	free(pcap);
}

int skep_pcap_writer_new(struct skep_pcap_writer **out, const char *path,
			 const struct skep_pcap_opts *opts)
{
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;
	int err = check(path, opts, "skep_pcap_writer_new");
	FILE *file;

	if (!err && !out)
		err = skep_error_set(EINVAL, NULL, "skep_pcap_writer_new: out is NULL");
	if (err)
		return err;
	writer = calloc(1, sizeof(*writer));
	if (writer)
		writer->path = strdup(path);
	if (writer && writer->path)
		writer->pcap = pcap_open_dead_with_tstamp_precision(dlt_of(opts), SKEP_PACKET_MAX,
								    PCAP_TSTAMP_PRECISION_NANO);
	if (!writer || !writer->pcap)
		return no_memory();
	/* libpcap takes "-" for standard output. */
	file = fopen(path, "wbe");
	if (!file)
		return cannot("write", path, errno);
	writer->dumper = pcap_dump_fopen(writer->pcap, file);
	if (!writer->dumper) {
		fclose(file);
		return cannot("write", path, EIO);
	}
	*out = SKEP_TAKE(writer);
	return 0;
}

/* libpcap tells nobody what it could not write; the stream does, and errno when it happens. */
static int tell_failure(struct skep_pcap_writer *writer)
{
	if (!writer->failed && ferror(pcap_dump_file(writer->dumper)))
		writer->failed = errno ? errno : EIO;
	return writer->failed ? cannot("write", writer->path, writer->failed) : 0;
}

int skep_pcap_writer_add(struct skep_pcap_writer *writer, const struct skep_packet *packet,
			 uint64_t time_ns)
{
	struct pcap_pkthdr header = { 0 };

	if (!writer || !packet)
		return skep_error_set(EINVAL, NULL, "skep_pcap_writer_add: %s is NULL",
				      writer ? "the packet" : "the writer");
	if (!time_ns)
		time_ns = packet->time_ns;
	header.ts.tv_sec = (time_t)(time_ns / SECOND_NS);
	header.ts.tv_usec = (suseconds_t)(time_ns % SECOND_NS);
	header.caplen = (bpf_u_int32)packet->bytes;
	header.len = (bpf_u_int32)skep_packet_wire_bytes(packet);
	errno = 0;
	pcap_dump((unsigned char *)writer->dumper, &header, packet->data);
	return tell_failure(writer);
}

int skep_pcap_writer_flush(struct skep_pcap_writer *writer)
{
	if (!writer)
		return skep_error_set(EINVAL, NULL, "skep_pcap_writer_flush: the writer is NULL");
	errno = 0;
	if (pcap_dump_flush(writer->dumper) && !writer->failed)
		writer->failed = errno ? errno : EIO;
	return tell_failure(writer);
}

void skep_pcap_writer_free(struct skep_pcap_writer *writer)
{
	if (!writer)
		return;
	if (writer->dumper)
		pcap_dump_close(writer->dumper);
	if (writer->pcap)
		pcap_close(writer->pcap);
	free(writer->path);
	free(writer);
}

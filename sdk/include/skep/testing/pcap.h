/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_PCAP_H
#define SKEP_TESTING_PCAP_H
/**
 * @file testing/pcap.h
 * Packets of a capture, and captures of packets: files of tcpdump and Wireshark, read and written by
 * libpcap. Part of testing.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_pcap) *capture = NULL;
 * SKEP_AUTO(skep_packet) *packet = NULL;
 *
 * if (skep_pcap_open(&capture, "attack.pcap", NULL))
 *         return skep_perror("capture");
 * while (!(err = skep_pcap_next(capture, &packet))) {
 *         printf("%zu bytes\n", skep_packet_bytes(packet));
 *         skep_packet_free(SKEP_TAKE(packet));
 * }
 * if (err != -ENODATA)                                     // no end, but a broken record
 *         return skep_perror("capture");
 * @endcode
 *
 * Read are pcap, with micro- and nanoseconds and of either byte order, and pcapng; written is pcap
 * with nanoseconds. One record is in memory at a time.
 */
#include <skep/base.h>
#include <skep/testing/packet.h>

SKEP_BEGIN_DECLS

/** A capture that is read. */
struct skep_pcap;

/** A capture that is written. */
struct skep_pcap_writer;

/** The link types that captures of IP mostly have; others are LINKTYPE_ numbers of pcap. */
enum skep_pcap_link {
	SKEP_PCAP_ETHERNET, /**< frames; LINKTYPE_ETHERNET */
	SKEP_PCAP_RAW,      /**< IP without anything before it; LINKTYPE_RAW */
};

/** How to read or write a capture. */
struct skep_pcap_opts {
	size_t sz;                /**< set by SKEP_OPTS() */
	enum skep_pcap_link link; /**< what the packets begin with */
	bool any_link;            /**< reading: take every link type; `link` is not looked at */
};

/**
 * Opens a capture to read.
 *
 * @param[out] out  the capture
 * @param      path the file
 * @param      opts or NULL: Ethernet
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such file: check the path}
 * @err{EACCES, it may not be read: look at its permissions}
 * @err{EINVAL, it is no capture, or no regular file; or `path` is NULL}
 * @err{EPROTOTYPE, its packets do not begin as `opts->link` says: give another, or `.any_link`}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_pcap_free()}
 */
SKEP_API SKEP_MUST_USE int skep_pcap_open(struct skep_pcap **out, const char *path,
					  const struct skep_pcap_opts *opts);

/**
 * Reads the next packet, with its time and its length on the wire.
 *
 * @param      pcap the capture
 * @param[out] out  the packet; untouched on failure
 * @return 0 or a negative errno
 * @err{ENODATA, there is none: the end of the file}
 * @err{EBADMSG, the record is cut off or makes no sense: the message has its number}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_packet_free()}
 * @threads{one at a time per capture}
 */
SKEP_API SKEP_MUST_USE int skep_pcap_next(struct skep_pcap *pcap, struct skep_packet **out);

/**
 * The link type of a capture, as a LINKTYPE_ number of pcap: 1 is Ethernet.
 *
 * @param pcap the capture
 * @return the number
 */
SKEP_API int skep_pcap_link_type(const struct skep_pcap *pcap);

/**
 * Closes a capture. NULL is fine.
 *
 * @param pcap the capture
 */
SKEP_API void skep_pcap_free(struct skep_pcap *pcap);

/**
 * Makes a file for packets; one that is there is overwritten.
 *
 * @param[out] out  the writer
 * @param      path the file
 * @param      opts or NULL: Ethernet
 * @return 0 or a negative errno
 * @err{EINVAL, `path` is NULL, or `opts->link` none of its values: see enum skep_pcap_link}
 * @err{EACCES, it may not be written: look at the folder's permissions}
 * @err{ENOENT, there is no such folder: make it}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_pcap_writer_free()}
 */
SKEP_API SKEP_MUST_USE int skep_pcap_writer_new(struct skep_pcap_writer **out, const char *path,
						const struct skep_pcap_opts *opts);

/**
 * Writes a packet, with the time that it was captured at, or else `time_ns`.
 *
 * @param writer  the writer
 * @param packet  the packet
 * @param time_ns nanoseconds since 1970; 0: the packet's own
 * @return 0 or a negative errno
 * @err{EINVAL, `writer` or `packet` is NULL}
 * @err{ENOSPC, the disk is full, as far as that shows before skep_pcap_writer_flush(); other errors of
 *      write(2) as they come: make room}
 * @threads{one at a time per writer}
 */
SKEP_API SKEP_MUST_USE int skep_pcap_writer_add(struct skep_pcap_writer *writer,
						const struct skep_packet *packet, uint64_t time_ns);

/**
 * Writes what has not been written yet: here it shows whether the disk was full.
 *
 * @param writer the writer
 * @return 0 or a negative errno
 * @err{EINVAL, `writer` is NULL}
 * @err{ENOSPC, the disk is full; other errors of write(2) as they come: make room}
 * @threads{one at a time per writer}
 */
SKEP_API SKEP_MUST_USE int skep_pcap_writer_flush(struct skep_pcap_writer *writer);

/**
 * Closes the file, after writing what has not been written. NULL is fine.
 *
 * @param writer the writer
 */
SKEP_API void skep_pcap_writer_free(struct skep_pcap_writer *writer);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_pcap);
SKEP_DEFINE_FREEP(skep_pcap_writer);

#endif

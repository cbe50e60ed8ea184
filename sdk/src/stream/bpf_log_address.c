/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* %p and what the kernel's printk puts behind it: addresses of networks, and bytes. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "bpf_log.h"

#define BYTES_MOST 64 /* of %ph, as in the kernel */

/* The bytes that an argument has in the record; how many in `arg->bytes`. */
struct memory {
	const unsigned char *data;
	uint32_t bytes;
};

/* A pointer is shown, but what it points to was not copied. */
static void add_uncopied(struct skep_bpf_log_text *text, const struct skep_bpf_log_arg *arg)
{
	skep_bpf_log_addf(text, "<%u bytes>", arg->bytes);
}

/* "10.1.2.3"; `fill`: "010.001.002.003". Bytes are as on the wire, unless said otherwise. */
static size_t add_ip4(struct skep_bpf_log_text *text, const struct memory *m, const char *suffix,
		      bool fill)
{
	bool is_host = *suffix == 'h' || *suffix == 'l';
	bool is_backwards =
		*suffix == 'l' || (*suffix == 'h' && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

	for (int i = 0; i < 4; i++)
		skep_bpf_log_addf(text, fill ? "%s%03u" : "%s%u", i ? "." : "",
				  m->data[is_backwards ? 3 - i : i]);
	return is_host || *suffix == 'n' || *suffix == 'b';
}

/* "fe80:0000:...", or as short as it can be with 'c'; `fill`: without colons. */
static size_t add_ip6(struct skep_bpf_log_text *text, const struct memory *m, const char *suffix,
		      bool fill)
{
	char address[INET6_ADDRSTRLEN];

	if (!fill && *suffix == 'c' && inet_ntop(AF_INET6, m->data, address, sizeof(address))) {
		skep_bpf_log_add(text, address, strlen(address));
		return 1;
	}
	for (int i = 0; i < 16; i += 2)
		skep_bpf_log_addf(text, "%s%02x%02x", i && !fill ? ":" : "", m->data[i],
				  m->data[i + 1]);
	return 0;
}

/* "00:1b:44:11:3a:b7"; 'F' has dashes, 'R' is the other way round; `plain` has no colons. */
static size_t add_mac(struct skep_bpf_log_text *text, const struct memory *m, const char *suffix,
		      bool plain)
{
	const char *between = plain ? "" : *suffix == 'F' ? "-" : ":";
	bool is_reverse = *suffix == 'R';

	for (int i = 0; i < 6; i++)
		skep_bpf_log_addf(text, "%s%02x", i ? between : "",
				  m->data[is_reverse ? 5 - i : i]);
	return is_reverse || (*suffix == 'F' && !plain);
}

/* "00112233-4455-6677-8899-aabbccddeeff"; 'l' and 'L' are of Microsoft, 'B' and 'L' are upper. */
static size_t add_uuid(struct skep_bpf_log_text *text, const struct memory *m, const char *suffix)
{
	static const unsigned char big[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	static const unsigned char little[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	bool is_known = *suffix && strchr("bBlL", *suffix);
	const unsigned char *order = is_known && tolower(*suffix) == 'l' ? little : big;
	bool is_upper = is_known && isupper((unsigned char)*suffix);

	for (int i = 0; i < 16; i++)
		skep_bpf_log_addf(text, is_upper ? "%s%02X" : "%s%02x",
				  i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
				  m->data[i < 8 ? order[i] : i]);
	return is_known;
}

/* "de ad be ef", of so many bytes as the width says. */
static size_t add_bytes(struct skep_bpf_log_text *text, const struct memory *m, const char *suffix,
			struct skep_bpf_log_field *field)
{
	const char *between = *suffix == 'C'   ? ":"
			      : *suffix == 'D' ? "-"
			      : *suffix == 'N' ? ""
					       : " ";
	uint32_t count = field->width ? (uint32_t)field->width : m->bytes;

	if (count > m->bytes)
		count = m->bytes;
	if (count > BYTES_MOST)
		count = BYTES_MOST;
	field->width = 0;
	for (uint32_t i = 0; i < count; i++)
		skep_bpf_log_addf(text, "%s%02x", i ? between : "", m->data[i]);
	return *suffix == 'C' || *suffix == 'D' || *suffix == 'N';
}

/* An address in the kernel; printk's letters for how to hide it, or for its name, are taken off. */
static size_t add_address(struct skep_bpf_log_text *text, const struct skep_bpf_log_arg *arg,
			  const struct memory *m, const char *suffix)
{
	uint64_t address = 0;

	if (arg->kind == ARG_POINTER && m->bytes == sizeof(address)) {
		memcpy(&address, m->data, sizeof(address));
		skep_bpf_log_addf(text, "0x%llx", (unsigned long long)address);
	} else {
		add_uncopied(text, arg);
	}
	return *suffix && strchr("xKsSB", *suffix);
}

/* Whether the argument is memory of so many bytes. */
static bool has(const struct skep_bpf_log_arg *arg, uint32_t bytes)
{
	return arg->kind != ARG_POINTER && arg->kind != ARG_TEXT && arg->kind != ARG_OTHER &&
	       arg->bytes >= bytes;
}

size_t skep_bpf_log_add_pointer(struct skep_bpf_log_text *text, const struct skep_bpf_log_arg *arg,
				const unsigned char *data, const char *suffix,
				struct skep_bpf_log_field *field)
{
	const struct memory m = { data, arg->bytes };
	bool is_ip = *suffix == 'I' || *suffix == 'i';

	if (is_ip && (suffix[1] == '4' || suffix[1] == '6')) {
		uint32_t bytes = suffix[1] == '4' ? 4 : 16;

		if (!has(arg, bytes))
			add_uncopied(text, arg);
		else
			return 2 + (bytes == 4 ? add_ip4 : add_ip6)(text, &m, suffix + 2,
								    *suffix == 'i');
		return 2;
	}
	if ((*suffix == 'M' || *suffix == 'm') && has(arg, 6))
		return 1 + add_mac(text, &m, suffix + 1, *suffix == 'm');
	if (*suffix == 'U' && has(arg, 16))
		return 1 + add_uuid(text, &m, suffix + 1);
	if (*suffix == 'h' && has(arg, 1))
		return 1 + add_bytes(text, &m, suffix + 1, field);
	if (*suffix && strchr("MmUh", *suffix)) {
		add_uncopied(text, arg);
		return 1;
	}
	if (has(arg, 1)) {
		add_bytes(text, &m, "", field);
		return 0;
	}
	return add_address(text, arg, &m, suffix);
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which types a ring's records have, in objects of whoever made them. */
#ifndef SKEP_CLI_RECORD_TYPE_H
#define SKEP_CLI_RECORD_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skep/types.h>

struct skep_object;

/* A type of records. */
struct record_form {
	uint32_t type_id;    /* in the object's BTF; 0: not known */
	size_t bytes;        /* it has at least */
	const char *tag;     /* what names it in a ring of several types; NULL: in others */
	bool has_time;       /* a member of it is declared with SKEP_TIME */
	uint32_t time_bytes; /* where that is */
};

/* All types of a ring's records. */
struct record_forms {
	bool tagged;
	struct record_form one;                  /* of a ring of one type */
	struct record_form tags[SKEP_TAGS_MOST]; /* of a ring of several, by tag */
};

/*
 * The types of a ring's records: as the ring's declaration says; else as `wanted` ("struct event",
 * or "event") says; else by the custom of keeping the type in BTF with an unused pointer, or of
 * calling it `struct event`. Negative when `wanted` is not in the object.
 */
int record_forms_read(struct record_forms *forms, const struct skep_object *object,
		      const char *ring, const char *wanted);

/* The form of a record, and where it begins behind its tag; NULL: of no type that is known. */
const struct record_form *record_form_of(const struct record_forms *forms, const void **record,
					 size_t *bytes);

/* A record's time; false where none is declared. */
bool record_time(const struct record_forms *forms, const void *record, size_t bytes,
		 uint64_t *time);

/* Whether all types that are known have a time. */
bool record_forms_have_time(const struct record_forms *forms);

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which type a ring's records have, in objects of whoever made them. */
#ifndef SKEP_CLI_RECORD_TYPE_H
#define SKEP_CLI_RECORD_TYPE_H

struct skep_object;

/*
 * The BTF type of a ring's records: as the ring's declaration says; else as `wanted` ("struct
 * event", or "event") says; else by the custom of keeping the type in BTF with an unused
 * pointer, or of calling it `struct event`. 0 when it is not known; negative when `wanted` is
 * not in the object.
 */
int record_type(const struct skep_object *object, const char *ring, const char *wanted);

#endif

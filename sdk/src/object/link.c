/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "link.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <skep/link.h>

#include "base/fail.h"
#include "capture.h"

struct skep_link {
	struct bpf_link *link; /* or NULL, and then: */
	int fd;
};

int skep_link_from_libbpf(struct skep_link **out, struct bpf_link *link)
{
	struct skep_link *made = malloc(sizeof(*made));

	if (!made) {
		bpf_link__destroy(link);
		return skep_fail(ENOMEM, "no memory for a link");
	}
	*made = (struct skep_link){ .link = link, .fd = -1 };
	*out = made;
	return 0;
}

int skep_link_from_fd(struct skep_link **out, int fd)
{
	struct skep_link *made = malloc(sizeof(*made));

	if (!made) {
		close(fd);
		return skep_fail(ENOMEM, "no memory for a link");
	}
	*made = (struct skep_link){ .fd = fd };
	*out = made;
	return 0;
}

void skep_link_free(struct skep_link *link)
{
	SKEP_KEEP_ERROR;
	SKEP_CAPTURE(said);

	if (!link)
		return;
	if (link->link)
		bpf_link__destroy(link->link);
	else
		close(link->fd);
	free(link);
}

int skep_link_fd(const struct skep_link *link)
{
	return link->link ? bpf_link__fd(link->link) : link->fd;
}

struct bpf_link *skep_link_libbpf(const struct skep_link *link)
{
	return link->link;
}

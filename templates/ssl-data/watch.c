/* SPDX-License-Identifier: 0BSD */
#include "watch.h"

#define FUNCTIONS 4

static const char *const names[FUNCTIONS] = { "SSL_read", "SSL_write", "SSL_read_ex",
					      "SSL_write_ex" };
static const uint64_t kinds[FUNCTIONS] = { 0, IS_WRITE, IS_EX, IS_WRITE | IS_EX };

int watch(struct skep_link **calls, struct skep_link **returns, struct tls *app,
	  const char *library, int pid)
{
	const struct skep_uprobe_multi_opts functions = {
		.sz = sizeof(functions),
		.symbols = names,
		.cookies = kinds,
		.count = FUNCTIONS,
		.pid = pid,
		.skip_missing = true, /* not every libssl has those that end in _ex */
		.fallback = true,     /* before Linux 6.6, one probe for each */
	};
	int err =
		skep_attach_uprobe_multi(returns, tls_program_on_return(app), library, &functions);

	return err ? err
		   : skep_attach_uprobe_multi(calls, tls_program_on_call(app), library, &functions);
}

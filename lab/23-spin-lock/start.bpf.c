/* SPDX-License-Identifier: 0BSD */
/*
 * A lock on every way out
 *
 * What several processors change together needs a lock. Programs have one: struct bpf_spin_lock, in a
 * map's value. Who holds it and ends would stop all others for ever; so the verifier looks at each way.
 *
 * To do: take() takes the packet's length from the balance and returns 0. Where there is not enough it
 * takes nothing and returns 1. Both with the lock held, and given back.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct account {
	struct bpf_spin_lock lock;
	__u64 balance;
};
SKEP_ARRAY(accounts, struct account, 1);

SEC("tc")
int take(struct __sk_buff *skb)
{
	__u32 zero = 0, length = skb->len;
	struct account *account = skep_map_get(&accounts, &zero);

	if (!account)
		return 1;
	bpf_spin_lock(&account->lock);
	if (account->balance < length)
		return 1;
	account->balance -= length;
	bpf_spin_unlock(&account->lock);
	return 0;
}

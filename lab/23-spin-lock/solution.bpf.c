/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
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
	int missing;

	if (!account)
		return 1;
	bpf_spin_lock(&account->lock);
	missing = account->balance < length;
	if (!missing)
		account->balance -= length;
	bpf_spin_unlock(&account->lock);
	return missing;
}

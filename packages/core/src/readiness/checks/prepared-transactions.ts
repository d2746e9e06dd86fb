// Prepared transactions survive a failover with their locks: whoever coordinates them has to end them at the new primary.
import { atPrimary, type Check, costs, ok } from '../check.ts';

export const preparedTransactions: Check = {
  id: 'prepared-transactions',
  title: 'Prepared transactions',
  examine: (facts) =>
    atPrimary(facts, ({ preparedTransactions: count }, id) =>
      count === 0
        ? ok(`${id} has no prepared transaction.`)
        : costs(
            `${count} prepared ${count === 1 ? 'transaction' : 'transactions'} at ${id}: those that were replicated stay prepared, with their locks, at the new primary.`,
            'Their coordinator must be able to end them there.',
          ),
    ),
};

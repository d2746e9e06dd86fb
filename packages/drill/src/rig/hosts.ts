// What runs inside a site's hosts: a witness in each zone, an agent and a start gate beside each member.
import { join } from 'node:path';
import type { Site } from '@petrov/sandbox';
import { type Child, type ChildDied, watchChild } from './child.ts';
import { agentConfig, type ConfigInput, getSet, witnessConfig } from './configs.ts';
import { writeConfig } from './controller.ts';
import type { AppPaths } from './options.ts';

export type HostsInput = {
  readonly site: Site;
  readonly configs: ConfigInput;
  readonly appPaths: AppPaths;
  /** Configurations and logs: below the site's own folder, so that they go with it. */
  readonly folder: string;
  /** Of every program in a host. */
  readonly env: Readonly<Record<string, string>>;
  readonly onDied: (died: ChildDied) => void;
};

export async function startWitnesses(input: HostsInput): Promise<readonly Child[]> {
  const { site, configs, folder } = input;
  return await Promise.all(
    site.description.witnesses.map(async (witness) => {
      const file = await writeConfig(folder, `${witness.id}.yaml`, witnessConfig(configs, witness));
      return await startNode(input, witness.id, { name: `witness ${witness.id}`, log: witness.id }, [
        input.appPaths.witness,
        '--config',
        file,
      ]);
    }),
  );
}

/** The gate stands before its agent runs: from then on nothing starts a member past it. */
export async function startAgents(input: HostsInput): Promise<ReadonlyMap<string, Child>> {
  const { site, configs, folder } = input;
  const { members } = getSet(site.description, configs.cluster);
  const started = await Promise.all(
    members.map(async (member) => {
      const file = await writeConfig(folder, `agent-${member.id}.yaml`, agentConfig(configs, member));
      const env = Object.entries(input.env).map(([name, value]) => `${name}=${value}`);
      const gate = [process.execPath, input.appPaths.agent, 'gate', '--config', file];
      await site.setGate(member.id, ['env', ...env, ...gate]);
      const named = { name: `agent of ${member.id}`, log: `agent-${member.id}` };
      const args = [input.appPaths.agent, 'run', '--config', file];
      const logFile = join(folder, `${named.log}.log`);
      await site.setBoot(member.id, [{ argv: [process.execPath, ...args], env: { ...input.env }, logFile }]);
      // One that ended with its host's power has not ended by itself.
      const onDied = (died: ChildDied): void =>
        void site.isOn(member.id).then(
          (isOn) => isOn && input.onDied(died),
          () => input.onDied(died),
        );
      return [member.id, await startNode({ ...input, onDied }, member.id, named, args)] as const;
    }),
  );
  return new Map(started);
}

async function startNode(
  input: HostsInput,
  hostId: string,
  named: { readonly name: string; readonly log: string },
  args: readonly string[],
): Promise<Child> {
  const logFile = join(input.folder, `${named.log}.log`);
  const started = await input.site.spawnIn(hostId, [process.execPath, ...args], { logFile, env: input.env });
  return watchChild({ name: named.name, logFile }, started, input.onDied);
}

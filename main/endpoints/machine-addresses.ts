import { networkInterfaces } from 'node:os';

/** Under which addresses other machines reach this one, as the system lists them: IPv4, without those that only it can use itself. */
export const machineAddresses = (interfaces = networkInterfaces()): readonly string[] =>
  Object.values(interfaces).flatMap((addresses = []) =>
    addresses.flatMap(({ family, internal, address }) =>
      family === 'IPv4' && !internal && !address.startsWith('169.254.') ? [address] : [],
    ),
  );

import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

// Section is one part of Mon profil under its title.
export function Section({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h3" mt="xl" mb={lead ? 0 : "sm"}>{title}</Title>
      {lead && <Text c="dimmed" mb="sm">{lead}</Text>}
      {children}
    </section>
  );
}

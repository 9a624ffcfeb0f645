// What opens beside a list.
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useWords } from "../words/words";

export function Side({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const { t } = useWords();
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={title} closeButtonProps={{ "aria-label": t("site.close") }}>
      {children}
    </Drawer>
  );
}

// A button that leads to a screen.
import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & ButtonProps & { ref?: Ref<HTMLAnchorElement> };

export const LinkButton = createLink(({ ref, ...props }: Props) => <Button component="a" ref={ref} {...props} />);
